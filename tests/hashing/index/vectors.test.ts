/** What other programs find is found by the whole door. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMatchIndex, type MatchIndex } from "@wardline/hashing/index";
import { hashOf } from "./model.ts";
import { describeWithVectors } from "../../support/vectors.ts";

/** One list, everything on it whatever its quality. */
const listWithin = (distance: number) => [{ id: "all", name: "All", distance, quality: 0 }];
const everything = { limit: 10_000 };

/** The cases hold flat hashes, which no list may have: with the same bits flipped in all, distances stay what they are. */
const flipped = (hash: string): string =>
  Array.from(hash, (digit, at) =>
    (parseInt(digit, 16) ^ parseInt(hashOf(1)[at] ?? "0", 16)).toString(16),
  ).join("");

async function indexOf(hashes: readonly string[]): Promise<MatchIndex> {
  const index = await createMatchIndex({ lists: listWithin(31), threads: 2, capacity: 10_000 });
  await index.build(hashes.map((pdq, key) => ({ list: "all", key, source: "a", verdict: "b", pdq })));
  return index;
}

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

  test("give the same keys and distances", async () => {
    const index = await indexOf(cases.index.map(flipped));
    const withinReach = cases.cases.filter(({ threshold }) => threshold <= 63);
    expect(withinReach.length).toBeGreaterThan(0);
    for (const { query, threshold, ...should } of withinReach) {
      await index.setLists(listWithin(threshold));
      const { matches } = await index.match({ pdq: flipped(query) }, everything);
      if (should.expect) expect(matches.map((match) => match.key).sort()).toEqual(should.expect);
      else expect(matches.map((match) => [match.key, match.distance])).toEqual(should.expect_with_distance);
    }
    await index.close();
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

  test("give exactly the same pairs at every distance", async () => {
    const index = await indexOf(lines("haystack.txt"));
    for (const [distance, pairs] of Object.entries(expected)) {
      await index.setLists(listWithin(Number(distance)));
      const answers = await index.matchAll(
        lines("needles.txt").map((pdq) => ({ pdq })),
        everything,
      );
      const inOrder = (all: [number, number][]) => all.toSorted(([a], [b]) => a - b);
      const found = answers.map(({ matches }) =>
        inOrder(matches.map((match) => [match.key, match.distance])),
      );
      expect(found).toEqual(pairs.map(inOrder));
    }
    await index.close();
  });
});
