/** Search results of other programs. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createShard, type Shard } from "@wardline/hashing/hamming";
import { pdqWords } from "@wardline/hashing/pdq";
import { describeWithVectors } from "../../support/vectors.ts";
import { hashOf, numbers, randomHashes } from "./support.ts";

const lines = (file: string) => readFileSync(file, "utf8").trim().split("\n");

/** Slot by hash number: others are added to it, so that the buckets answer; they are far from everything. */
function shardOf(hashes: readonly string[], options: { plain?: boolean }): Shard {
  const shard = createShard({ ...options, capacity: 10_000 });
  for (const hash of hashes) shard.add(pdqWords(hash));
  const others = randomHashes(5000, numbers(31));
  for (let at = 0; at < 5000; at++) shard.add(hashOf(others, at));
  for (let more = true; more;) more = shard.compact(1_000_000);
  return shard;
}

function found(shard: Shard, hash: string, distance: number): number[][] {
  const { slots, distances } = shard.query(pdqWords(hash), distance, 10_000);
  return [...slots].map((slot, at) => [slot, distances[at] as number]).sort(byFirst);
}

const byFirst = (a: readonly number[], b: readonly number[]) => (a[0] ?? 0) - (b[0] ?? 0);

describe.each([{ plain: false }, { plain: true }])("with plain: $plain", (options) => {
  describeWithVectors("hamming", "needles in the haystack", (folder) => {
    const shard = shardOf(lines(`${folder}haystack.txt`), options);
    const { matches } = JSON.parse(readFileSync(`${folder}needle-haystack-matches.json`, "utf8")) as {
      matches: Record<string, number[][][]>;
    };

    test.each(Object.keys(matches))("exactly the pairs within %s", (distance) => {
      const pairs = lines(`${folder}needles.txt`).map((needle) => found(shard, needle, Number(distance)));
      expect(pairs).toEqual(matches[distance]?.map((list) => list.sort(byFirst)));
    });
  });

  describeWithVectors("hamming", "the reference's multi-index search", (folder) => {
    const haystack = lines(`${folder}haystack.txt`);
    const shard = shardOf(haystack, options);
    const blocks = readFileSync(`${folder}mih-query-d31-expected.txt`, "utf8").trim().split("\n\n");

    test("every needle's matches within 31", () => {
      expect(blocks.length).toBeGreaterThan(50);
      for (const block of blocks) {
        const needle = /^needle=(.*)$/m.exec(block)?.[1] ?? "";
        const expected = [...block.matchAll(/^d=(\d+),match=(\w+)/gm)].map(([, distance, match]) => [
          haystack.indexOf(match ?? ""),
          Number(distance),
        ]);
        expect(found(shard, needle, 31), needle).toEqual(expected.sort(byFirst));
      }
    });
  });

  describeWithVectors("pdq", "search cases of others", (folder) => {
    const { faiss_matcher: cases } = JSON.parse(
      readFileSync(`${folder}index-and-format-cases.json`, "utf8"),
    ) as {
      faiss_matcher: { index: string[]; cases: Case[] };
    };
    const shard = createShard({ ...options, capacity: 10 });
    for (const hash of cases.index) shard.add(pdqWords(hash));

    test.each(cases.cases)("within $threshold of $query", ({ query, threshold, ...expected }) => {
      const pairs = found(shard, query, threshold);
      if (expected.expect) expect(pairs.map(([slot]) => slot)).toEqual(expected.expect);
      else expect(pairs).toEqual(expected.expect_with_distance?.sort(byFirst));
    });
  });
});

interface Case {
  query: string;
  threshold: number;
  expect?: number[];
  expect_with_distance?: [number, number][];
}
