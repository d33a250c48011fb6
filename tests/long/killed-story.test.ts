/** The story under kill -9, throughout, for twenty seeds. */
import { expect, test } from "vitest";
import { playKilled } from "../endtoend/killed-story.ts";

test.each(Array.from({ length: 20 }, (_, index) => `long ${index + 1}`))("%s", async (seed) => {
  const falls = await playKilled(seed, 60);
  expect(falls).not.toEqual([]);
});
