/** The whole door against looking at every entry; many more sequences in tests/long. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMatchIndex, type Query } from "@wardline/hashing/index";
import { entries, queries, testLists } from "./model.ts";
import { compare, keyOf, playAgainstModel } from "./play.ts";
import { ownFolder } from "./support.ts";

describe("the match index", () => {
  test("answers as looking at every entry would, whatever was done with it", async () => {
    await playAgainstModel(8, ownFolder);
    expect.hasAssertions();
  });

  test("answers the same after a bulk build, and when the same is added again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entries, { selector: keyOf, maxLength: 60 }),
        fc.array(queries, { minLength: 1, maxLength: 10 }),
        async (all, asked) => {
          const index = await createMatchIndex({ lists: testLists, threads: 1, capacity: 1000 });
          try {
            const progress: number[] = [];
            expect(await index.build(all, { onProgress: (done) => progress.push(done) })).toBe(all.length);
            expect(progress.at(-1) ?? 0).toBe(all.length);
            for (const again of [false, true]) {
              if (again) await index.add(all);
              const answers = await index.matchAll(asked);
              answers.forEach((answer, at) => compare(answer, all, asked[at] as Query, 100));
            }
          } finally {
            await index.close();
          }
        },
      ),
      { numRuns: 4 },
    );
  });
});
