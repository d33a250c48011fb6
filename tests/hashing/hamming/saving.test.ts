/** What `save` gives, `openShard` reads, in pieces of any size; what is not whole is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createShard, openShard, type Shard } from "@wardline/hashing/hamming";
import { kernelModule } from "../../../hashing/kernels/index.ts";
import { checkAvailable, reach, startKernel } from "../../../hashing/hamming/kernel.ts";
import { expectSame, hashOf, numbers, randomHashes } from "./support.ts";

const hashes = randomHashes(5000, numbers(21));

const saved = (shard: Shard) => Buffer.concat([...shard.save()]);
const damaged = expect.objectContaining({ code: "hashing/shard-damaged" });

describe.each([{ plain: false }, { plain: true }])("with plain: $plain", (options) => {
  const shard = createShard({ ...options, capacity: 6000 });
  shard.build(hashes);
  for (let slot = 0; slot < 50; slot++) shard.remove(slot * 3);
  for (let at = 0; at < 20; at++) shard.add(hashOf(hashes, at));
  const bytes = saved(shard);

  test("it comes back as it was, in pieces of any size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const opened = openShard(places.slice(1).map((end, at) => bytes.subarray(places[at], end)));
        expect([opened.size, opened.capacity, opened.loose]).toEqual([
          shard.size,
          shard.capacity,
          shard.loose,
        ]);
        for (let at = 0; at < 40; at++) {
          const wanted = hashOf(hashes, at);
          expectSame(opened.query(wanted, 31, 9), shard.query(wanted, 31, 9));
        }
        expect(saved(opened).equals(bytes)).toBe(true);
        expect(opened.add(hashOf(hashes, 0))).toBe(shard.add(hashOf(hashes, 0)));
        shard.remove(shard.find(hashOf(hashes, 0)) as number);
      }),
      { numRuns: 1 },
    );
  });

  test("too short, too long, or something else is refused", () => {
    const others = [
      bytes.subarray(0, 100),
      bytes.subarray(0, bytes.length - 1),
      Buffer.concat([bytes, Buffer.of(0)]),
      changedAt(0, 1),
      changedAt(4, 9),
      changedAt(8, 77),
      changedAt(13, 0),
      changedAt(15, 0xff),
      changedAt(16, 0xff),
      changedAt(20, 0xff),
    ];
    for (const other of others) expect(() => openShard([other])).toThrow(damaged);
  });

  function changedAt(place: number, value: number): Buffer {
    const copy = Buffer.from(bytes);
    copy[place] = value;
    return copy;
  }

  test("a change while it is being saved is told", () => {
    const pieces = shard.save()[Symbol.iterator]();
    pieces.next();
    const slot = shard.add(hashOf(hashes, 1));
    expect(() => pieces.next()).toThrow(expect.objectContaining({ code: "hashing/shard-changed" }));
    shard.remove(slot);
  });
});

test("tables that point beyond themselves are refused", () => {
  const shard = createShard({ capacity: 6000 });
  shard.build(hashes);
  const bytes = saved(shard);
  const directory = 4096 + 625 + 5000 * 32;
  bytes.writeUInt32LE(0x7fffffff, directory + 400);
  expect(() => openShard([bytes])).toThrow(damaged);
});

test("memory that cannot be had is refused before anything happens", () => {
  const module = kernelModule("hamming");
  if (!module) throw new Error("this processor has no SIMD");
  const kernel = startKernel(module);
  const before = kernel.memory.buffer.byteLength;
  const refused = expect.objectContaining({ code: "hashing/out-of-memory" });
  expect(() => reach(kernel, 2 ** 32)).toThrow(refused);
  expect(() => checkAvailable(2 ** 50)).toThrow(refused);
  expect(kernel.memory.buffer.byteLength).toBe(before);
});
