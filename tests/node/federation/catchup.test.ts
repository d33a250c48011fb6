/** The small form of the benchmark of catching up: both ways come to an end and are reported. */
import { expect, test } from "vitest";
import { measureCatchup } from "../../benchmarks/catchup.ts";
import type { Finding } from "../../benchmarks/line.ts";

test("a new member catches up by blocks and by snapshot", async () => {
  const found: Finding[] = [];
  await measureCatchup(1000, (one) => found.push(one));
  expect(found.map(({ name }) => name)).toEqual([
    "catching up by blocks, 1000 adverts",
    "catching up by snapshot, 1000 adverts",
  ]);
  for (const { ours, other, ratio } of found) {
    expect(ours).toBeGreaterThan(0);
    expect(other).toBeGreaterThan(0);
    expect(Number.isFinite(ratio)).toBe(true);
  }
});
