/** kill -9 at many moments of saving, one folder throughout. */
import { expect, test } from "vitest";
import { killAndLook } from "../hashing/index/killing.ts";
import { ownFolder } from "../hashing/index/support.ts";

test("the index opens after every one of 60 kills", async () => {
  const folder = await ownFolder();
  for (let round = 0; round < 60; round++) await killAndLook(folder, round);
  expect.hasAssertions();
});
