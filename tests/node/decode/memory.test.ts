/** A small form of tests/long/picture-memory.test.ts. */
import { expect, test } from "vitest";
import { growthOver } from "./memory.ts";

test.each([
  { name: "1 megapixel", width: 1152, height: 868, times: 120 },
  { name: "64 pixels", width: 8, height: 8, times: 1500 },
])("memory stays flat over many pictures of $name, here and in the child", async (pictures) => {
  const { here, inside } = await growthOver(pictures);
  expect(here).toBeLessThan(40 * 2 ** 20);
  expect(inside).toBeLessThan(40 * 2 ** 20);
});
