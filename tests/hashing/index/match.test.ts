import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSimpleIndex } from "@wardline/hashing/index";
import { hammingDistance } from "@wardline/hashing/pdq";
import { describeWithVectors } from "../../support/vectors.ts";

const zero = "0".repeat(64);
const ordinary = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const hashes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));

describe("the match index", () => {
  test("finds its only entry", () => {
    const index = createSimpleIndex<string>();
    index.add("a", ordinary, 100, "value");
    expect(index.query(ordinary)).toEqual({ total: 1, matches: [{ id: "a", distance: 0, value: "value" }] });
  });

  test("returns both of two entries with one hash", () => {
    const index = createSimpleIndex<number>();
    index.add("a", ordinary, 100, 1);
    index.add("b", ordinary, 100, 2);
    expect(index.query(ordinary).matches.map(({ value }) => value)).toEqual([1, 2]);
  });

  test("leaves poor entries out unless they are wanted", () => {
    const index = createSimpleIndex<null>();
    index.add("poor", ordinary, 49, null);
    index.add("good", ordinary, 50, null);
    expect(index.query(ordinary).matches.map(({ id }) => id)).toEqual(["good"]);
    expect(index.query(ordinary, { quality: 0 }).total).toBe(2);
  });

  test("counts all matches even when few are returned, and returns the nearest", () => {
    const index = createSimpleIndex<null>();
    index.add("far", `${zero.slice(4)}ffff`, 100, null);
    index.add("near", `${zero.slice(1)}1`, 100, null);
    expect(index.query(zero, { limit: 1 })).toEqual({
      total: 2,
      matches: [{ id: "near", distance: 1, value: null }],
    });
  });

  test("matches at the threshold and not beyond", () => {
    const index = createSimpleIndex<null>();
    index.add("31", `${zero.slice(8)}7fffffff`, 100, null);
    index.add("32", `${zero.slice(8)}ffffffff`, 100, null);
    expect(index.query(zero).matches.map(({ id }) => id)).toEqual(["31"]);
  });

  test("refuses what is no hash", () => {
    const refused = expect.objectContaining({ code: "hashing/pdq-format" });
    expect(() => createSimpleIndex<null>().add("a", "AAA", 100, null)).toThrow(refused);
    expect(() => createSimpleIndex<null>().query("AAA")).toThrow(refused);
  });

  test("holds what a plain list holds, through any additions, replacements and removals", () => {
    const step = fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e"),
      hash: fc.option(hashes, { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), hashes, (steps, query) => {
        const index = createSimpleIndex<string>();
        const list = new Map<string, string>();
        for (const { id, hash } of steps) {
          if (hash === undefined) expect(index.remove(id)).toBe(list.delete(id));
          else {
            index.add(id, hash, 100, hash);
            list.set(id, hash);
          }
        }
        const expected = [...list].map(([id, value]) => ({
          id,
          value,
          distance: hammingDistance(query, value),
        }));
        const found = index.query(query, { distance: 125 });
        expect(index.size).toBe(list.size);
        expect(new Set(found.matches.map(({ id }) => id))).toEqual(
          new Set(expected.filter(({ distance }) => distance <= 125).map(({ id }) => id)),
        );
        expect(found.matches.map(({ distance }) => distance)).toEqual(
          found.matches.map(({ value }) => hammingDistance(query, value)).sort((a, b) => a - b),
        );
      }),
    );
  });
});

describeWithVectors("pdq", "search cases of others", (folder) => {
  const { faiss_matcher: cases } = JSON.parse(
    readFileSync(`${folder}index-and-format-cases.json`, "utf8"),
  ) as {
    faiss_matcher: {
      index: string[];
      cases: {
        query: string;
        threshold: number;
        expect?: number[];
        expect_with_distance?: [number, number][];
      }[];
    };
  };
  const index = createSimpleIndex<number>();
  cases.index.forEach((hash, at) => index.add(String(at), hash, 100, at));

  test.each(cases.cases)("within $threshold of $query", ({ query, threshold, ...expected }) => {
    const { matches } = index.query(query, { distance: threshold });
    if (expected.expect) expect(matches.map(({ value }) => value).sort()).toEqual(expected.expect);
    else
      expect(matches.map(({ value, distance }) => [value, distance])).toEqual(expected.expect_with_distance);
  });
});

describeWithVectors("hamming", "needles in the haystack", (folder) => {
  const lines = (file: string) =>
    readFileSync(folder + file, "utf8")
      .trim()
      .split("\n");
  const { matches: expected } = JSON.parse(readFileSync(`${folder}needle-haystack-matches.json`, "utf8")) as {
    matches: Record<string, [number, number][][]>;
  };
  const index = createSimpleIndex<number>();
  lines("haystack.txt").forEach((hash, at) => index.add(String(at), hash, 100, at));

  test.each(Object.keys(expected))("exactly the pairs within %s", (distance) => {
    const found = lines("needles.txt").map((needle) =>
      index
        .query(needle, { distance: Number(distance) })
        .matches.map((match) => [match.value, match.distance]),
    );
    const ordered = (pairs: number[][][]) =>
      pairs.map((list) => list.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)));
    expect(ordered(found)).toEqual(ordered(expected[distance] ?? []));
  });
});
