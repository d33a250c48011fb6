/** A capture whose pages are rendered: what the browser loaded is taken in, kept as evidence, and fetched once. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDecoder } from "@wardline/node/decode";
import { guardedFetch, pagesByRule, plainPages, renderedPages } from "@wardline/node/capture";
import { systemClock } from "@wardline/node/telemetry";
import { decodeSettings } from "../../../../node/configuration/settings/decode.ts";
import type { CaptureSettings } from "../../../../node/configuration/settings/capture.ts";
import { newFolder } from "../../commit/support.ts";
import { picture } from "../../../support/pictures.ts";
import { startCaptures } from "../captures.ts";
import { serve, type Answer } from "../support.ts";
import { cannotRender, renderingSettings, rendererFor } from "./support.ts";

function place(settings: CaptureSettings) {
  const decoder = createDecoder(decodeSettings.parse({}), systemClock);
  onTestFinished(() => decoder.close());
  const plain = plainPages((url, options) => guardedFetch(url, { settings, ...options }));
  const rendered = renderedPages(rendererFor(settings), plain);
  return startCaptures({ settings, decoder, rendered, source: pagesByRule(settings, plain, rendered) });
}

/** A page that shows its pictures by a script, each under an address that works once. */
async function scripted(pictures: number) {
  const content = await Promise.all(Array.from({ length: pictures }, (_, at) => picture(at)));
  const given = new Set<string>();
  const once =
    (bytes: Uint8Array): Answer =>
    (request, response) => {
      if (given.has(request.url ?? "")) return void response.writeHead(410).end();
      given.add(request.url ?? "");
      response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
    };
  return serve({
    "/": `<script>for (let at = 0; at < ${pictures}; at++) document.write("<img src=/once/" + at + ">")</script>`,
    ...Object.fromEntries(content.map((bytes, at) => [`/once/${at}`, once(bytes)])),
  });
}

describe.skipIf(cannotRender !== "")(`a capture with scripts ${cannotRender}`, () => {
  test("takes in what the browser loaded without asking for it again, with its screenshot and its evidence", async () => {
    const site = await scripted(3);
    const { capture, archives, vault } = await place(renderingSettings([site.host]));
    const without = await capture("without", `${site.origin}/`);
    expect(without).toMatchObject({ scripted: true, items: [], refused: [] });
    expect(site.requests.map(({ url }) => url)).toEqual(["/"]);

    const end = await capture("with", `${site.origin}/`, undefined, { scripts: true });
    expect(end.items.map(({ url }) => new URL(url).pathname)).toEqual(["/once/0", "/once/1", "/once/2"]);
    expect(end.refused).toEqual([]);
    expect(end.pages.at(-1)).toMatchObject({ screenshot: { original: expect.any(String) as string } });
    for (const { acquisition } of end.items) expect(acquisition).toBeDefined();
    const kept = await Promise.all(archives.map((id) => vault.readAll(id, 10 ** 7)));
    const warc = kept.map((segment) => gunzipSync(segment).toString("latin1")).join("");
    const { origin } = site;
    for (const named of [`${origin}/once/2`, `urn:fullPage:${origin}/`, `urn:dom:${origin}/`])
      expect(warc).toContain(`WARC-Target-URI: ${named}\r\n`);
    expect(site.requests.filter(({ url }) => url?.startsWith("/once"))).toHaveLength(3);
  });

  test("is made by itself where a site's rule says so, with the headers that it adds for that site only", async () => {
    const other = await serve({ "/x.jpg": await picture(9) });
    const site = await serve({
      "/": (request, response) => {
        const inside = request.headers["x-pass"] === "open" && request.headers.cookie === "session=1";
        const shown = `<script>document.write("<img src=${other.origin}/x.jpg>")</script>`;
        response.setHeader("content-type", "text/html");
        response.end(inside ? shown : "closed");
      },
    });
    const headersFile = join(await newFolder(), "headers");
    await writeFile(headersFile, "X-Pass: open\nCookie: session=1\n");
    const sites = [{ host: site.host, render: true, headersFile }];
    const { capture } = await place(renderingSettings([site.host, other.host], {}, { sites }));
    const { items } = await capture("ruled", `${site.origin}/`);
    expect(items.map(({ url }) => url)).toEqual([`${other.origin}/x.jpg`]);
    expect(other.requests[0]?.headers).not.toHaveProperty("x-pass");
    expect(other.requests[0]?.headers).not.toHaveProperty("cookie");
  });

  test("does not fetch what a rule forbids, by host or by its whole address", async () => {
    const forbidden = await serve({ "/x.jpg": await picture(1) });
    const site = await serve({
      "/": `<img src="${forbidden.origin}/x.jpg"><img src="/private/x.jpg"><script>fetch("/private/list")</script>`,
      "/private/x.jpg": await picture(2),
    });
    const sites = [
      { host: forbidden.host, never: "Not ours to look at" },
      { host: site.host, path: "/private", never: "Not ours to look at" },
      { host: site.host, render: true },
    ];
    const { capture } = await place(renderingSettings([site.host, forbidden.host], {}, { sites }));
    const { refused, items } = await capture("ruled", `${site.origin}/`);
    expect(items).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(["capture/never-fetched", "capture/never-fetched"]);
    expect(forbidden.requests).toEqual([]);
    expect(site.requests.some(({ url }) => url?.startsWith("/private"))).toBe(false);
    await expect(capture("at once", `${forbidden.origin}/`)).rejects.toMatchObject({
      code: "capture/never-fetched",
    });
  });
});
