/** Memory stays flat over a day's pictures: decoded and hashed in one sandboxed child, and the hash stage alone. */
import { expect, test } from "vitest";
import { pdqOfPixels } from "@wardline/hashing/pdq";
import { growthOver } from "../node/decode/memory.ts";

const MOST = 64 * 2 ** 20;

test.each([
  { name: "20,000 pictures of 1 megapixel", width: 1152, height: 868, times: 20_000 },
  { name: "200,000 pictures of 64 pixels", width: 8, height: 8, times: 200_000 },
])("$name", async (pictures) => {
  const { here, inside } = await growthOver(pictures);
  expect(here).toBeLessThan(MOST);
  expect(inside).toBeLessThan(MOST);
});

test("a million decoded pictures of 64 pixels", () => {
  const data = new Uint8Array(64);
  const hashes = new Set<string>();
  const hash = (times: number) => {
    for (let at = 0; at < times; at++) {
      data[at % 64] = (data[at % 64] ?? 0) + 37;
      hashes.add(pdqOfPixels({ data, width: 8, height: 8, channels: 1 }).hash.slice(0, 4));
    }
    return process.memoryUsage().rss;
  };
  const before = hash(300_000);
  expect(hash(700_000) - before).toBeLessThan(MOST);
  expect(hashes.size).toBeGreaterThan(100);
});
