/** Additions, removals, compaction in steps, saving and opening in any order: the shard stays what its plain twin is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createShard, openShard, type Shard } from "@wardline/hashing/hamming";
import { distanceBetween, expectSame, flipped, hashOf, numbers, randomHashes, someBits } from "./support.ts";

/** Enough that the buckets answer. */
const START = 4500;
const CAPACITY = 6000;

interface State {
  shard: Shard;
  /** Hash by slot. */
  readonly expected: Map<number, Uint32Array>;
  readonly next: () => number;
}

type Step = (state: State) => void;

const steps: Record<string, Step> = {
  add({ shard, expected, next }) {
    for (let times = next() % 100; times > 0 && shard.size < CAPACITY; times--) {
      const hash = someHash({ shard, expected, next });
      const slot = shard.add(hash);
      expect(expected.has(slot)).toBe(false);
      expected.set(slot, hash);
    }
  },
  remove({ shard, expected, next }) {
    for (let times = next() % 60; times > 0; times--) {
      const slot = next() % CAPACITY;
      expect(shard.remove(slot)).toBe(expected.delete(slot));
    }
  },
  "remove and add again"({ shard, expected, next }) {
    const [slot, hash] = [...expected][next() % expected.size] ?? [];
    if (slot === undefined || hash === undefined) throw new Error("there is nothing to remove");
    expect(shard.remove(slot)).toBe(true);
    expected.delete(slot);
    expected.set(shard.add(hash), hash);
  },
  "a step of compaction": ({ shard, next }) => void shard.compact(next() % 200_000),
  "compact wholly"({ shard }) {
    for (let more = true; more;) more = shard.compact(1_000_000);
  },
  "save and open"(state) {
    state.shard = openShard([...state.shard.save()].map((piece) => piece.slice()));
  },
};

function someHash({ expected, next }: State): Uint32Array {
  if (next() % 2 === 0) return randomHashes(1, next);
  const known = expected.get(next() % CAPACITY) ?? randomHashes(1, next);
  return flipped(known, someBits(next() % 20, next));
}

function check({ shard, expected, next }: State): void {
  const twin = createShard({ capacity: CAPACITY, plain: true });
  const slots = [...expected.keys()];
  twin.build(Uint32Array.from([...expected.values()].flatMap((hash) => [...hash])));
  expect(shard.size).toBe(expected.size);
  for (let times = 0; times < 8; times++) {
    const slot = slots[next() % slots.length] as number;
    const hash = expected.get(slot) as Uint32Array;
    expect([...shard.hashAt(slot)]).toEqual([...hash]);
    expect(distanceBetween(shard.hashAt(shard.find(hash) as number), hash)).toBe(0);
    const wanted = flipped(hash, someBits(next() % 36, next));
    const distance = times === 0 ? 60 : 31 - (next() % 10);
    const answer = twin.query(wanted, distance, 1000);
    expectSame(shard.query(wanted, distance, 1000), {
      ...answer,
      slots: answer.slots.map((at) => slots[at] as number),
    });
  }
}

describe("a shard that changes", () => {
  test("any steps in any order", () => {
    const plays = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      play: fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 5, maxLength: 30 }),
    });
    fc.assert(
      fc.property(plays, ({ seed, play }) => {
        const next = numbers(seed);
        const shard = createShard({ capacity: CAPACITY });
        const hashes = randomHashes(START, next);
        shard.build(hashes);
        const state: State = { shard, expected: new Map(), next };
        for (let at = 0; at < START; at++) state.expected.set(at, hashOf(hashes, at));
        for (const step of play) (steps[step] as Step)(state);
        check(state);
      }),
      { numRuns: 25 },
    );
  });

  test("added one by one, every hash is found before, while and after they are compacted", () => {
    const next = numbers(11);
    const centre = randomHashes(1, next);
    const hashes = Array.from({ length: 5000 }, (_, at) =>
      at % 3 === 0 ? flipped(centre, someBits(next() % 12, next)) : randomHashes(1, next),
    );
    const shard = createShard({ capacity: 5000 });
    hashes.forEach((hash, at) => expect(shard.add(hash)).toBe(at));
    const findAll = () => hashes.every((hash, at) => [...shard.query(hash, 4, 5000).slots].includes(at));
    expect(shard.loose).toBe(5000);
    expect(findAll()).toBe(true);
    let between = 0;
    for (let more = true; more; between++) {
      more = shard.compact(300_000);
      if (between % 4 === 0) expect(findAll()).toBe(true);
    }
    expect(between).toBeGreaterThan(8);
    expect(shard.loose).toBe(0);
    expect(findAll()).toBe(true);
  });

  test("compaction gives back what additions took, so that coming and going does not grow it", () => {
    const next = numbers(12);
    const shard = createShard({ capacity: 500 });
    const slots: number[] = [];
    let most = 0;
    for (let round = 0; round < 6; round++) {
      while (shard.size < 500) slots.push(shard.add(randomHashes(1, next)));
      for (let more = true; more;) more = shard.compact(1_000_000);
      for (const slot of slots.splice(0, 400)) expect(shard.remove(slot)).toBe(true);
      if (round === 0) most = shard.bytes;
    }
    expect(shard.bytes).toBe(most);
  });
});

describe.each([{ plain: false }, { plain: true }])("with plain: $plain", (options) => {
  const hashes = randomHashes(20, numbers(13));

  test("a full shard refuses one more and stays as it was", () => {
    const shard = createShard({ ...options, capacity: 20 });
    shard.build(hashes);
    const before = [...shard.save()].map((piece) => Buffer.from(piece).toString("hex")).join("");
    const refused = expect.objectContaining({ code: "hashing/full" });
    expect(() => shard.add(hashes.slice(0, 8))).toThrow(refused);
    expect([...shard.save()].map((piece) => Buffer.from(piece).toString("hex")).join("")).toBe(before);
    shard.remove(7);
    expect(shard.add(hashOf(hashes, 7))).toBe(7);
    expect(() => createShard({ ...options, capacity: 19 }).build(hashes)).toThrow(refused);
  });

  test("building is for empty shards", () => {
    const shard = createShard({ ...options, capacity: 100 });
    shard.add(hashes.slice(0, 8));
    expect(() => shard.build(hashes)).toThrow(expect.objectContaining({ code: "hashing/shard-not-empty" }));
    shard.remove(0);
    shard.build(hashes);
    expect(shard.find(hashOf(hashes, 19))).toBe(19);
    expect(shard.size).toBe(20);
  });

  test("slots without a hash say so", () => {
    const shard = createShard({ ...options, capacity: 100 });
    shard.build(hashes);
    expect(shard.remove(3)).toBe(true);
    for (const slot of [3, 20, -1, 0.5, 1e9]) {
      expect(shard.remove(slot)).toBe(false);
      expect(() => shard.hashAt(slot)).toThrow(expect.objectContaining({ code: "hashing/no-hash" }));
    }
    expect(shard.query(hashOf(hashes, 3), 31, 10).total).toBe(0);
  });

  test("what is out of range is refused", () => {
    const refused = expect.objectContaining({ code: "hashing/out-of-range" });
    const shard = createShard({ ...options, capacity: 100 });
    const hash = hashes.slice(0, 8);
    expect(() => createShard({ ...options, capacity: 0 })).toThrow(refused);
    expect(() => createShard({ ...options, capacity: 2 ** 24 })).toThrow(refused);
    for (const distance of [-1, 1.5, 256, NaN]) expect(() => shard.query(hash, distance, 1)).toThrow(refused);
    for (const limit of [-1, 65_537, Infinity])
      expect(() => shard.queryBatch(hash, 31, limit)).toThrow(refused);
    expect(() => shard.add(hashes)).toThrow(refused);
    expect(() => shard.find(hashes.slice(0, 7))).toThrow(refused);
    expect(() => shard.build(hashes.slice(0, 9))).toThrow(refused);
  });
});
