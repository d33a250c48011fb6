import { expect, test } from "vitest";
import { newPlace, runChild } from "./support.ts";

test("an item of 300 MB is stored, granted and received without holding it in memory", async () => {
  const place = await newPlace();
  const { lines, errors } = await runChild(new URL("children/memory.ts", import.meta.url), [
    place.dataFolder,
    place.keyFile,
    "300",
  ]);
  expect(errors).toBe("");
  const { grown, same } = JSON.parse(lines[0] ?? "{}") as { grown: number; same: boolean };
  expect(same).toBe(true);
  expect(grown).toBeLessThan(150 * 2 ** 20);
}, 240_000);
