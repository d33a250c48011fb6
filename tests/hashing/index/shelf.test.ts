/** One shard with its entries: folding, replacing and taking out, against a plain map. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factsOf, keyHighOf, listOf, saidIn } from "../../../hashing/index/facts.ts";
import { emptyShelf, type Shelf } from "../../../hashing/index/shelf.ts";
import { createStaging } from "../../../hashing/index/staging.ts";
import { createEntryTable } from "../../../hashing/index/table.ts";
import { pdqWords } from "@wardline/hashing/pdq";
import { hashOf } from "./model.ts";

interface Told {
  list: number;
  key: number;
  source: number;
  hash: number;
}
const factsFor = ({ list, key, source }: Told) =>
  factsOf({ list, key, source, verdict: source % 256, disputed: source % 2 === 1, quality: source % 101 });

function take(shelf: Shelf, told: Pick<Told, "list" | "key">): void {
  const { a, b, c } = factsFor({ ...told, source: 0, hash: 0 });
  shelf.take(listOf(a), b, keyHighOf(c));
}

/** Everything the shelf says of a hash. */
function saidOf(shelf: Shelf, hash: number) {
  const said: ReturnType<typeof saidIn>[] = [];
  const slot = shelf.shard.find(pdqWords(hashOf(hash)));
  if (slot !== undefined) shelf.visit(slot, (a, b, c) => void said.push(saidIn(a, b, c)));
  return said.map(({ list, key, source, verdict }) => `${list}/${key}/${source}/${verdict}`).sort();
}

const told = fc.record({
  list: fc.constantFrom(0, 1, 65_535),
  key: fc.oneof(fc.nat(5), fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1)),
  source: fc.constantFrom(0, 1, 77, 65_535),
  hash: fc.nat(4),
});
const steps = fc.array(fc.record({ told, takes: fc.boolean() }), { maxLength: 120, size: "max" });

describe("a shelf", () => {
  test("says of each hash what a map says", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const shelf = emptyShelf(100);
        const model = new Map<string, Told>();
        for (const { told, takes } of sequence) {
          if (takes) {
            take(shelf, told);
            model.delete(`${told.list}/${told.key}`);
          } else {
            shelf.put(factsFor(told), pdqWords(hashOf(told.hash)));
            model.set(`${told.list}/${told.key}`, told);
          }
        }
        for (let hash = 0; hash <= 4; hash++) {
          const should = [...model.values()].filter((one) => one.hash === hash);
          expect(saidOf(shelf, hash)).toEqual(
            should.map((one) => `${one.list}/${one.key}/${one.source}/${one.source % 256}`).sort(),
          );
        }
        expect(shelf.entries).toBe(model.size);
        expect(shelf.shard.size).toBe(new Set([...model.values()].map(({ hash }) => hash)).size);
      }),
      { numRuns: 60 },
    );
  });

  test("is filled with many at once as it would be with one after another", () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 80, size: "max" }), steps, (all, later) => {
        const [filled, one] = [emptyShelf(100), emptyShelf(100)];
        const staging = createStaging(100);
        for (const each of all) {
          staging.add(factsFor(each), pdqWords(hashOf(each.hash)));
          one.put(factsFor(each), pdqWords(hashOf(each.hash)));
        }
        filled.fill(staging);
        for (const shelf of [filled, one])
          for (const { told, takes } of later)
            if (takes) take(shelf, told);
            else shelf.put(factsFor(told), pdqWords(hashOf(told.hash)));
        for (let hash = 0; hash <= 4; hash++) expect(saidOf(filled, hash)).toEqual(saidOf(one, hash));
        // A hash whose entries were all replaced within the filling stays out of both.
        expect([filled.entries, filled.shard.size]).toEqual([one.entries, one.shard.size]);
      }),
      { numRuns: 40 },
    );
  });

  test("takes 100,000 entries of one hash, and their removal from either end, without walking them", () => {
    const shelf = emptyShelf(100);
    const hash = pdqWords(hashOf(1));
    const count = 100_000;
    const one = (key: number) => ({ list: 1, key, source: 2, hash: 1 });
    for (let key = 0; key < count; key++) shelf.put(factsFor(one(key)), hash);
    expect([shelf.shard.size, shelf.entries, saidOf(shelf, 1).length]).toEqual([1, count, count]);
    for (let key = 0; key < count - 1; key++)
      take(shelf, one(key % 2 === 0 ? key / 2 : count - (key + 1) / 2));
    expect([shelf.shard.size, shelf.entries, saidOf(shelf, 1)]).toEqual([1, 1, ["1/50000/2/2"]]);
    const { bytes } = shelf;
    for (let key = 0; key < count; key++) shelf.put(factsFor(one(key)), hash);
    expect(shelf.bytes).toBeLessThanOrEqual(bytes * 1.01); // places are used again
  });
});

describe("the table of entries", () => {
  test("finds what a map finds, through growth and removals", () => {
    const keys: { list: number; low: number; high: number }[] = [];
    const table = createEntryTable({
      list: (at) => keys[at]?.list ?? -1,
      low: (at) => keys[at]?.low ?? -1,
      high: (at) => keys[at]?.high ?? -1,
    });
    const count = 50_000;
    const isGone = (at: number) => at % 3 === 0;
    for (let at = 0; at < count; at++) {
      const one = { list: at % 3, low: at >>> 2, high: at & 3 };
      keys.push(one);
      table.insert(one.list, one.low, one.high, at);
    }
    const all = [...keys.entries()];
    for (const [at, { list, low, high }] of all) if (isGone(at)) table.remove(list, low, high);
    const wrong = all.filter(
      ([at, { list, low, high }]) => table.find(list, low, high) !== (isGone(at) ? -1 : at),
    );
    expect(wrong).toEqual([]);
    expect(table.find(9, 9, 9)).toBe(-1);
    expect(table.bytes / count).toBeLessThan(6);
  });
});
