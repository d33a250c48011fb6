/** The index against a set of pairs; many more sequences in tests/long. */
import { expect, test } from "vitest";
import { expectAsSet } from "./model.ts";

test("any additions, removals, builds, merges and openings leave what a set of pairs would", async () => {
  await expectAsSet(5);
  expect.hasAssertions();
});
