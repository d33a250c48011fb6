/** Any node may be killed at any moment and started again: the story ends as it would have. More seeds: tests/long. */
import { expect, test } from "vitest";
import { playKilled } from "./killed-story.ts";
import { testTime } from "./support.ts";

test.each(["one", "two"])(
  "with nodes killed by kill -9 and started again, nothing is lost and nothing doubled (seed %s)",
  async (seed) => {
    const falls = await playKilled(seed, 12);
    expect(falls).not.toEqual([]);
  },
  testTime,
);
