import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blind, defineCollection, type Key, type KeyPart, type Store } from "@wardline/node/store";
import { given } from "../../support/codes.ts";
import { newStore, refusal } from "./support.ts";

const things = defineCollection<{ key: number }>("things");

const parts = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.maxSafeInteger(),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ unit: fc.constantFrom("\0", "\u0001", "a", "\uffff", "😀"), maxLength: 4 }),
);
const keys = fc.array(parts, { maxLength: 4 });

/** The order that tuples promise: part by part; numbers before strings; strings by code points; a part less comes first. */
function compare(a: Key, b: Key): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareParts(given(a[at]), given(b[at]));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: KeyPart, b: KeyPart): number {
  if (typeof a === "number") return typeof b === "number" ? a - b || 0 : -1;
  return typeof b === "number" ? 1 : Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
}

async function fill(store: Store, all: readonly Key[]): Promise<void> {
  await store.write(
    all.map((key, at) => store.change({ collection: things as never, key, value: { key: at } })),
  );
}

const unique = (all: readonly Key[]) =>
  [...all].sort(compare).filter((key, at, sorted) => at === 0 || compare(given(sorted[at - 1]), key) !== 0);
const plain = (key: Key) => key.map((part) => (part === 0 ? 0 : part));

describe("tuples", () => {
  test("are listed in their own order, come back as they were, and begin with what they begin with", async () => {
    const { store } = await newStore();
    const all = unique(fc.sample(keys, { numRuns: 600, seed: 7 }));
    await fill(store, all);
    const listed = (await Array.fromAsync(store.list(things))).map(({ key }) => key);
    expect(listed).toEqual(all.map(plain));
    for (const prefix of all.filter((_, at) => at % 40 === 0)) {
      const expected = all.filter((key) => compare(key.slice(0, prefix.length), prefix) === 0);
      const found = (await Array.fromAsync(store.list(things, { prefix }))).map(({ key }) => key);
      expect(found).toEqual(expected.map(plain));
      const behind = (await Array.fromAsync(store.list(things, { after: prefix }))).map(({ key }) => key);
      const rest = all.filter((key) => compare(key, prefix) > 0 && !expected.includes(key));
      expect(behind).toEqual(rest.map(plain));
    }
  });

  test("with blinded parts are found by equality and come back readable", async () => {
    const { store } = await newStore();
    const hosts = ["one.example", "two.example", ""];
    await fill(
      store,
      hosts.map((host, at) => [blind(host), at]),
    );
    const found = await Array.fromAsync(store.list(things, { prefix: [blind("two.example")] }));
    expect(found.map(({ key, value }) => [key, value])).toEqual([[[blind("two.example"), 1], { key: 1 }]]);
    expect(await store.get(things, blind(""), 2)).toEqual({ key: 2 });
    expect(await store.has(things, "one.example", 0)).toBe(false);
    expect(await store.has(things, blind("One.example"), 0)).toBe(false);
  });

  test("refuse what has no place in an order", async () => {
    const { store } = await newStore();
    for (const part of [NaN, Infinity, -Infinity, "\ud800"]) {
      expect(await refusal(() => store.get(things, part))).toBe("store/invalid-key");
    }
    const long = () => fill(store, [["x".repeat(2000)]]);
    expect(await refusal(long)).toBe("store/invalid-key");
  });
});
