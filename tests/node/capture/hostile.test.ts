/** A capture of everything that a hostile web does: nothing internal hears of it, memory stays bounded, what is well-formed is kept. */
import { expect, onTestFinished, test } from "vitest";
import { captured } from "../../support/hostile-web/process.ts";
import { startHostileWeb, type HostileWeb } from "../../support/hostile-web/web.ts";

async function start(): Promise<HostileWeb> {
  const web = await startHostileWeb();
  onTestFinished(() => web.stop());
  return web;
}

const MiB = 2 ** 20;

test("everything well-formed on hostile pages is kept, and nothing internal is ever reached", async () => {
  const web = await start();
  const { kept, refused, cut, rss } = await captured(web, web.url, {
    ...{ timeout: "4s", together: 6, connections: 6, pageSize: "4MiB", itemSize: "4MiB" },
  });
  expect(web.canary()).toBe(0);
  expect(kept.filter((path) => path.startsWith("/good/")).sort()).toEqual([...web.wellFormed].sort());
  // Noise within a picture is a picture; videos are sealed unopened.
  for (const path of kept) expect(path).toMatch(/^\/(?:good\/|broken\/broken\.)/);
  expect(new Set(kept).size).toBe(kept.length);
  expect(web.cookies).toEqual([]);
  expect(cut).toBe("A page had more than 4 MiB: the rest was not read."); // its bombs and endless pages
  const codes = new Set(refused.map((one) => one.split(" ")[0]));
  for (const code of [
    "internal-address",
    "redirects",
    "too-large",
    "timeout",
    "unreachable",
    "unsupported-encoding",
  ])
    expect(codes).toContain(`capture/${code}`);
  for (const code of ["corrupt", "unsupported-format", "too-many-pixels"])
    expect(codes).toContain(`decode/${code}`);
  expect(rss).toBeLessThan(600 * MiB);
}, 300_000);

test("a page of very many pictures needs no more memory than its first hundred", async () => {
  const web = await start();
  const few = await captured(web, web.gallery(100), { connections: 8 });
  const many = await captured(web, web.gallery(500), { connections: 8 });
  expect([few.kept.length, many.kept.length]).toEqual([100, 500]);
  expect([...web.asked].filter(([, times]) => times > 2)).toEqual([]);
  expect(many.rss - few.rss).toBeLessThan(160 * MiB);
}, 600_000);

test("a page that never ends is cut at its budget and says so", async () => {
  const web = await start();
  const { kept, cut } = await captured(web, web.gallery(5000), { items: 40, connections: 8 });
  expect(kept).toHaveLength(40);
  expect(cut).toBe("Stopped after 40 files: there are more.");
  expect(web.canary()).toBe(0);
}, 300_000);
