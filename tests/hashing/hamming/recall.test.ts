/** Nothing within the distance is missed, nothing beyond it is found: the buckets against the plain scan. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createShard } from "@wardline/hashing/hamming";
import {
  distanceBetween,
  evenBits,
  expectSame,
  flipped,
  hashOf,
  numbers,
  randomHashes,
  someBits,
  twins,
} from "./support.ts";

/** Enough that the buckets answer, not the scan. */
const COUNT = 6000;
const ALL = 1000;

describe("random hashes", () => {
  const hashes = randomHashes(COUNT, numbers(1));
  const { shard, plain } = twins(hashes);

  test("a query near one of them, at any distance", () => {
    const query = fc.record({
      at: fc.nat(COUNT - 1),
      bits: fc.uniqueArray(fc.nat(255), { maxLength: 70 }),
      distance: fc.nat(127),
      limit: fc.nat(20),
    });
    fc.assert(
      fc.property(query, ({ at, bits, distance, limit }) => {
        const wanted = flipped(hashOf(hashes, at), bits);
        expectSame(shard.query(wanted, distance, limit), plain.query(wanted, distance, limit));
      }),
      { numRuns: 300 },
    );
  });

  test("31 flips spread evenly over the chunks, and none at 32", () => {
    const next = numbers(2);
    for (let at = 0; at < 3000; at++) {
      const hash = hashOf(hashes, at);
      const near = shard.query(flipped(hash, evenBits(31, next)), 31, ALL);
      expect([...near.slots], `hash ${at}`).toEqual([at]);
      expect(shard.query(flipped(hash, evenBits(32, next)), 31, ALL).total).toBe(0);
    }
  });

  test("exactly the distance, for each distance that is indexed", () => {
    const next = numbers(3);
    for (let distance = 0; distance <= 31; distance++)
      for (let at = 0; at < 20; at++) {
        const wanted = flipped(hashOf(hashes, at), evenBits(distance, next));
        expect(shard.query(wanted, distance, ALL).total).toBe(1);
        if (distance > 0) expect(shard.query(wanted, distance - 1, ALL).total).toBe(0);
      }
  });

  test("many at once give what each gives alone", () => {
    const next = numbers(4);
    const wanted = Array.from({ length: 40 }, (_, at) => flipped(hashOf(hashes, at), someBits(at, next)));
    const words = Uint32Array.from(wanted.flatMap((hash) => [...hash]));
    for (const distance of [31, 50, 110]) {
      const answers = shard.queryBatch(words, distance, 7);
      wanted.forEach((hash, at) => {
        const answer = answers[at];
        if (!answer) throw new Error("an answer is missing");
        expectSame(answer, plain.query(hash, distance, 7));
      });
    }
  });
});

describe("hashes that are not random", () => {
  const kinds: Record<string, (next: () => number) => Uint32Array> = {
    "one dense cluster": (next) => cluster(randomHashes(1, next), 20, next),
    "equal hashes": (next) => cluster(randomHashes(1, next), 0, next),
    "many clusters": (next) => {
      const centres = randomHashes(30, next);
      return join((at) => flipped(hashOf(centres, at % 30), someBits(next() % 25, next)));
    },
    "a cluster among random ones": (next) => {
      const centre = randomHashes(1, next);
      return join((at) =>
        at % 10 === 0 ? flipped(centre, someBits(next() % 31, next)) : randomHashes(1, next),
      );
    },
    "few bits set": (next) => join(() => flipped(new Uint32Array(8), someBits(next() % 40, next))),
    "rows that repeat": (next) =>
      join(() => {
        const row = next() & 0xffff;
        return flipped(new Uint32Array(8).fill((row << 16) | row), someBits(next() % 16, next));
      }),
    "bits that lean to one side": (next) =>
      join(() => randomHashes(1, () => (next() | next() | next()) >>> 0)),
  };

  test.each(Object.entries(kinds))("%s", (_, make) => {
    const next = numbers(5);
    const hashes = make(next);
    const { shard, plain } = twins(hashes);
    for (let run = 0; run < 60; run++) {
      const wanted = flipped(hashOf(hashes, next() % COUNT), someBits(next() % 40, next));
      const distance = next() % 3 === 0 ? next() % 32 : 31;
      const limit = [0, 5, 1000, 10_000][run % 4] as number;
      expectSame(shard.query(wanted, distance, limit), plain.query(wanted, distance, limit));
      expect(shard.find(hashOf(hashes, run))).toSatisfy(
        (slot: number) => distanceBetween(hashOf(hashes, slot), hashOf(hashes, run)) === 0,
      );
    }
  });
});

test("more results than are kept while looking come back nearest first, as many as wanted", () => {
  const next = numbers(6);
  const centre = randomHashes(1, next);
  const hashes = join((at) => flipped(centre, someBits((at * 7919) % 32, next)));
  const { shard } = twins(hashes);
  const { total, distances } = shard.query(centre, 31, 300);
  expect(total).toBe(COUNT);
  expect([...distances].every((distance, at) => distance === Math.floor((at * 32) / COUNT))).toBe(true);
});

test("one hash alone is found, and none in an empty shard", () => {
  const shard = createShard({ capacity: 10 });
  const hash = randomHashes(1, numbers(7));
  expect(shard.query(hash, 31, 10).total).toBe(0);
  expect(shard.find(hash)).toBeUndefined();
  const slot = shard.add(hash);
  expect(shard.query(flipped(hash, [3]), 31, 10)).toEqual({
    total: 1,
    slots: Uint32Array.of(slot),
    distances: Uint8Array.of(1),
  });
});

function join(make: (at: number) => Uint32Array): Uint32Array {
  const hashes = new Uint32Array(COUNT * 8);
  for (let at = 0; at < COUNT; at++) hashes.set(make(at), at * 8);
  return hashes;
}

const cluster = (centre: Uint32Array, most: number, next: () => number) =>
  join(() => flipped(centre, someBits(most === 0 ? 0 : next() % most, next)));
