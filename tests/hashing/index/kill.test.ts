/** kill -9 while the index is saved; many more times in tests/long. */
import { expect, test } from "vitest";
import { killAndLook } from "./killing.ts";
import { ownFolder } from "./support.ts";

test("whatever the moment, the index opens with a mark, and feeding from there makes it whole", async () => {
  const folder = await ownFolder();
  for (const milliseconds of [0, 9]) await killAndLook(folder, milliseconds);
  expect.hasAssertions();
});
