/** Recall of the shard where it is hardest, at length: 31 bits flipped so that no chunk has few of them. */
import { describe, expect, test } from "vitest";
import { createShard } from "@wardline/hashing/hamming";
import {
  evenBits,
  expectSame,
  flipped,
  hashOf,
  numbers,
  randomHashes,
  someBits,
  twins,
} from "../hashing/hamming/support.ts";

describe("recall", () => {
  test("60,000 hashes, each 31 evenly spread flips away from its query, and none at 32", () => {
    const next = numbers(41);
    const hashes = randomHashes(60_000, next);
    const shard = createShard({ capacity: 60_000 });
    shard.build(hashes.subarray(0, 40_000 * 8));
    for (let at = 40_000; at < 60_000; at++) shard.add(hashOf(hashes, at));
    for (let at = 0; at < 60_000; at++) {
      const hash = hashOf(hashes, at);
      const near = shard.query(flipped(hash, evenBits(31, next)), 31, 10);
      if (near.total !== 1 || near.slots[0] !== at) expect.fail(`hash ${at} was not found`);
      const far = shard.query(flipped(hash, evenBits(32, next)), 31, 10);
      if (far.total !== 0) expect.fail(`hash ${at} was found at 32`);
    }
    expect(shard.size).toBe(60_000);
  });

  test("200,000 hashes in clusters, against the plain scan", () => {
    const next = numbers(42);
    const centres = randomHashes(500, next);
    const hashes = new Uint32Array(200_000 * 8);
    for (let at = 0; at < 200_000; at++) {
      // Clusters of very different sizes: the square makes small numbers frequent.
      const centre = hashOf(centres, Math.floor((next() / 2 ** 32) ** 3 * 500));
      hashes.set(flipped(centre, someBits(next() % 24, next)), at * 8);
    }
    const { shard, plain } = twins(hashes);
    for (let run = 0; run < 150; run++) {
      const wanted = flipped(hashOf(hashes, next() % 200_000), someBits(next() % 40, next));
      expectSame(shard.query(wanted, 31, 1000), plain.query(wanted, 31, 1000));
    }
  });
});
