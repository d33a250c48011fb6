/** One page of ten thousand pictures: each is kept once, in memory that does not grow with them. */
import { expect, onTestFinished, test } from "vitest";
import { captured } from "../support/hostile-web/process.ts";
import { startHostileWeb } from "../support/hostile-web/web.ts";

test("a page of 10,000 pictures needs no more memory than its first hundred", async () => {
  const web = await startHostileWeb();
  onTestFinished(() => web.stop());
  const few = await captured(web, web.gallery(100), { connections: 8 });
  const many = await captured(web, web.gallery(10_000), { connections: 8 });
  expect([few.kept.length, many.kept.length]).toEqual([100, 10_000]);
  expect(new Set(many.kept).size).toBe(10_000);
  expect(many.rss - few.rss).toBeLessThan(256 * 2 ** 20);
  process.stdout.write(
    `Memory: ${Math.round(few.rss / 2 ** 20)} MiB, ${Math.round(many.rss / 2 ** 20)} MiB.\n`,
  );
}, 3_600_000);
