import { describe, expect, test } from "vitest";
import { blind, defineCollection, deleting, putting, type Operation, type Store } from "@wardline/node/store";
import { newStore, refusal, reopen } from "./support.ts";

interface Case {
  name: string;
  state: string;
  at: number;
  words?: string[];
}
const cases = defineCollection<Case>("cases", {
  indexes: {
    state: ({ state, at }) => (state === "hidden" ? [] : [[state, at]]),
    words: ({ words = [] }) => words.map((word) => [blind(word)]),
  },
});
const others = defineCollection<unknown>("others");

const write = (store: Store, ...operations: Operation[]) => store.write(operations.map(store.change));
const namesBy = async (store: Store, index: string, prefix: (string | number | { blind: string })[] = []) =>
  (await Array.fromAsync(store.list(cases, { index, prefix }))).map(({ value }) => value.name);
const one: Case = { name: "one", state: "open", at: 2, words: ["red", "green"] };
const two: Case = { name: "two", state: "open", at: 1, words: ["green"] };

describe("records", () => {
  test("come back as they were put, each time as a copy of its own", async () => {
    const { store, options } = await newStore();
    const value = {
      text: "ü\0",
      n: -1.5,
      big: 2n ** 63n,
      bytes: Uint8Array.of(1, 2),
      list: [null, true],
      gone: undefined,
    };
    await write(store, putting(others, ["a"], value), putting(others, ["large"], "x".repeat(100_000)));
    value.text = "changed afterwards";
    const expected = { text: "ü\0", n: -1.5, big: 2n ** 63n, bytes: Uint8Array.of(1, 2), list: [null, true] };
    const first = await store.get(others, "a");
    expect(first).toEqual(expected);
    Object.assign(first as object, { text: "changed by a reader" });
    expect(await store.get(others, "a")).toEqual(expected);
    await store.close();
    const again = await reopen(options);
    expect(await again.get(others, "a")).toEqual(expected);
    expect(await again.get(others, "large")).toBe("x".repeat(100_000));
    expect(await again.has(others, "b")).toBe(false);
  });

  test("of one key in two collections are two", async () => {
    const { store } = await newStore();
    await write(store, putting(cases, ["a"], one), putting(others, ["a"], 1));
    expect(await store.get(cases, "a")).toEqual(one);
    expect(await store.get(others, "a")).toBe(1);
    await write(store, deleting(others, ["a"]));
    expect(await store.count(cases)).toBe(1);
    expect(await store.count(others)).toBe(0);
  });

  test("that CBOR cannot hold are refused", async () => {
    const { store } = await newStore();
    expect(await refusal(() => write(store, putting(others, ["a"], { at: () => 1 })))).toBe(
      "store/invalid-value",
    );
  });
});

describe("indexes", () => {
  test("follow a record when it comes, changes and goes", async () => {
    const { store } = await newStore();
    await write(store, putting(cases, [1], one), putting(cases, [2], two));
    expect(await namesBy(store, "state", ["open"])).toEqual(["two", "one"]);
    expect(await namesBy(store, "words", [blind("green")])).toEqual(["one", "two"]);
    await write(store, putting(cases, [1], { ...one, state: "closed", words: ["blue"] }));
    expect(await namesBy(store, "state", ["open"])).toEqual(["two"]);
    expect(await namesBy(store, "words", [blind("red")])).toEqual([]);
    expect(await namesBy(store, "words", [blind("blue")])).toEqual(["one"]);
    await write(store, putting(cases, [2], { ...two, state: "hidden" }), deleting(cases, [1]));
    expect(await namesBy(store, "state")).toEqual([]);
    expect(await store.count(cases, { index: "words" })).toBe(1);
  });

  test("that a collection does not have are refused", async () => {
    const { store } = await newStore();
    expect(await refusal(() => namesBy(store, "colour"))).toBe("store/no-such-index");
  });
});

describe("lists", () => {
  const records = Array.from({ length: 150 }, (_, at) => ({
    name: `n${at}`,
    state: at % 3 ? "open" : "closed",
    at: at >> 1,
  }));

  test("page by cursor in both directions, whatever the page size", async () => {
    const { store } = await newStore();
    await write(store, ...records.map((record, at) => putting(cases, [at], record)));
    for (const reverse of [false, true]) {
      const options = { index: "state", prefix: ["open"], reverse };
      const whole = (await Array.fromAsync(store.list(cases, options))).map(({ value }) => value.name);
      expect(whole).toHaveLength(100);
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await Array.fromAsync(
          store.list(cases, { ...options, limit: 7, ...(after && { after }) }),
        );
        paged.push(...page.map(({ value }) => value.name));
        after = page.at(-1)?.cursor;
      } while (after !== undefined);
      expect(paged).toEqual(whole);
    }
  });

  test("leave out everything that begins with the tuple to go on after", async () => {
    const { store } = await newStore();
    await write(store, ...records.map((record, at) => putting(cases, [at], record)));
    const times = async (options: object) =>
      (await Array.fromAsync(store.list(cases, { index: "state", ...options }))).map(({ value }) => value.at);
    expect(await times({ prefix: ["closed"], after: ["closed", 72] })).toEqual([73]);
    expect(await times({ prefix: ["closed"], after: ["closed", 3], reverse: true })).toEqual([1, 0]);
  });

  test("refuse a cursor of another list", async () => {
    const { store } = await newStore();
    await write(store, putting(cases, [1], one), putting(others, [1], 1));
    const [entry] = await Array.fromAsync(store.list(others));
    const wrong = () => Array.fromAsync(store.list(cases, { after: entry?.cursor ?? "" }));
    expect(await refusal(wrong)).toBe("store/invalid-cursor");
  });

  test("show the state at their first step", async () => {
    const { store } = await newStore();
    await write(store, ...records.map((record, at) => putting(cases, [at], record)));
    let seen = 0;
    for await (const { value } of store.list(cases, { index: "state" })) {
      if (seen++ === 0) await write(store, ...records.map((_, at) => deleting(cases, [at])));
      expect(value.name).toMatch(/^n\d+$/);
    }
    expect(seen).toBe(150);
    expect(await store.count(cases)).toBe(0);
  });
});
