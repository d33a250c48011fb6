/** What belongs to a page: its frames, its style sheets' pictures, videos and archives; and what a browser brings of it. */
import { createHash } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { createDecoder } from "@wardline/node/decode";
import { systemClock } from "@wardline/node/telemetry";
import type { SourcedPage } from "@wardline/node/capture";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { picture } from "../../support/pictures.ts";
import { startCaptures } from "./captures.ts";
import { serve, settingsFor, type Answer, type Pages } from "./support.ts";

const decoder = createDecoder(decodeSettings.parse({}), systemClock);
afterAll(() => decoder.close());

type Limits = Record<string, number | string>;

async function captureSite(pages: Pages, limits: Limits = {}, allow: string[] = []) {
  const site = await serve(pages);
  const place = await startCaptures({ decoder, settings: settingsFor([site.host, ...allow], limits) });
  const found = await place.capture("one", `${site.origin}/`);
  const short = (url: string) => url.replace(site.origin, "");
  return { ...site, place, found, short, taken: found.items.map(({ url }) => short(url)) };
}

const as =
  (type: string, body: Uint8Array | string, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(200, { "content-type": type, ...headers }).end(body);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("a capture takes what a page shows", () => {
  test("in frames, on other sites too, as deep as the setting says; links of other sites are not followed", async () => {
    const [one, two] = await Promise.all([21, 22].map((seed) => picture(seed)));
    const other = await serve({
      "/frame": `<img src="one.jpg"><iframe src="deeper"></iframe><a href="page">`,
      "/one.jpg": one ?? "",
      "/deeper": `<img src="two.jpg"><iframe src="too-deep"></iframe>`,
      "/two.jpg": two ?? "",
    });
    const { found, short } = await captureSite(
      { "/": `<iframe src="${other.origin}/frame"></iframe>` },
      { frames: 2, depth: 0 },
      [other.host],
    );
    expect(found.items.map(({ url, foundOn }) => [url, foundOn])).toEqual([
      [`${other.origin}/one.jpg`, `${other.origin}/frame`],
      [`${other.origin}/two.jpg`, `${other.origin}/deeper`],
    ]);
    expect(found.pages.map(({ url, kind, foundOn }) => [short(url), kind, short(foundOn)])).toEqual([
      ["/", "page", "/"],
      [`${other.origin}/frame`, "frame", "/"],
      [`${other.origin}/deeper`, "frame", `${other.origin}/frame`],
    ]);
    expect(other.requests.map(({ url }) => url)).not.toContain("/too-deep");
    expect(other.requests.map(({ url }) => url)).not.toContain("/page");
  });

  test("by style sheets and those that they import, relative to each, found on the page", async () => {
    const pictures = await Promise.all([23, 24].map((seed) => picture(seed)));
    const { found, taken, short, requests } = await captureSite(
      {
        "/": `<link rel="stylesheet" href="css/main.css">`,
        "/css/main.css": as("text/css", `@import "more/deep.css"; a { background: url(../one.jpg) }`),
        "/css/more/deep.css": as(
          "text/css",
          `@import "no.css"; @import "../main.css"; a { background: url(two.jpg) }`,
        ),
        "/one.jpg": pictures[0] ?? "",
        "/css/more/two.jpg": pictures[1] ?? "",
      },
      { styleImports: 1 },
    );
    expect(taken).toEqual(["/one.jpg", "/css/more/two.jpg"]);
    expect(found.items.map(({ foundOn }) => short(foundOn))).toEqual(["/", "/"]);
    expect(requests.map(({ url }) => url)).not.toContain("/css/more/no.css");
    expect(requests.filter(({ url }) => url === "/css/main.css")).toHaveLength(1);
  });

  test("videos and archives, sealed as they arrive with name, size and digests, and never opened", async () => {
    const video = Buffer.concat([
      Buffer.from("\0\0\0\x18ftypisom\0\0\0\0isomiso2", "latin1"),
      Buffer.alloc(100_000, 7),
    ]);
    const archive = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(50_000, 9)]);
    const disposition = { "content-disposition": `attachment; filename="../set of \u202epictures.zip"` };
    const { found, short, place } = await captureSite({
      "/": `<video><source src="clip"></video><a href="/download">all</a><a href="part.rar">more</a>`,
      "/clip": as("text/plain", video),
      "/download": as("text/html", archive, {
        "content-disposition": encodeURI(disposition["content-disposition"]),
      }),
      "/part.rar": as("application/octet-stream", "Rar!\x1a\x07\x01\0 and more"),
    });
    const { items, refused } = found;
    expect(items.map(({ url, kind, mime, name, bytes }) => [short(url), kind, mime, name, bytes])).toEqual([
      ["/clip", "video", "video/mp4", "clip", video.length],
      ["/part.rar", "archive", "application/vnd.rar", "part.rar", 17],
      [
        "/download",
        "archive",
        "application/zip",
        expect.stringContaining("pictures.zip") as string,
        archive.length,
      ],
    ]);
    for (const [item, bytes] of [
      [items[0], video],
      [items[2], archive],
    ] as const) {
      expect(item?.digests.sha256).toBe(sha256(bytes));
      expect(Buffer.from(await place.vault.readAll(item?.original ?? "", 10 ** 7)).equals(bytes)).toBe(true);
    }
    expect(items[2]?.name).not.toMatch(/[/\\\u202e]/);
    expect(refused).toEqual([]);
  });

  test("a video that is too large is refused by name, and leaves nothing", async () => {
    const { found, place } = await captureSite(
      {
        "/": `<video src="clip">`,
        "/clip": as("video/mp4", Buffer.concat([Buffer.from("\0\0\0\x18ftypisom"), Buffer.alloc(200_000)])),
      },
      { videoSize: "64KiB" },
    );
    expect(found.refused).toMatchObject([{ code: "capture/too-large" }]);
    expect(await place.vault.sweep(new Set(place.archives))).toMatchObject({ items: 0, blobs: 0 });
  });

  test("behind a refresh, and not the page that a redirect leads to twice", async () => {
    const { found, short, requests } = await captureSite({
      "/": `<meta http-equiv="refresh" content="1; url=/next"><a href="/again">`,
      "/next": `<img src="a.jpg">`,
      "/again": (_, response) => void response.writeHead(302, { location: "/next" }).end(),
      "/a.jpg": await picture(25),
    });
    expect(found.pages.map(({ url }) => short(url))).toEqual(["/", "/next"]);
    expect(requests.filter(({ url }) => url === "/a.jpg")).toHaveLength(1);
  });
});

describe("a source of pages", () => {
  const source = async (pages: Pages, bring: (origin: string) => Promise<Partial<SourcedPage>>) => {
    const site = await serve(pages);
    const brought = await bring(site.origin);
    const url = `${site.origin}/`;
    const fetched = {
      url,
      status: 200,
      headers: {},
      body: new Uint8Array(),
      chain: [],
      address: "127.0.0.1",
    };
    const place = await startCaptures({
      decoder,
      settings: settingsFor([site.host]),
      source: () => Promise.resolve({ fetched, ...brought }),
    });
    return { ...site, place, found: await place.capture("one", url) };
  };
  const references = { media: [], links: [], frames: [], styles: [] };

  test("may bring files that are not fetched again, a picture of the page, and what cut it", async () => {
    const [file, screenshot] = await Promise.all([26, 27].map((seed) => picture(seed)));
    const { found, requests, place } = await source({}, async (origin) => {
      const url = `${origin}/a.jpg`;
      const loaded = {
        url,
        status: 200,
        headers: {},
        body: file ?? new Uint8Array(),
        chain: [],
        address: "127.0.0.1",
      };
      return {
        references: { ...references, media: [url] },
        files: new Map([[url, loaded]]),
        ...(screenshot && { screenshot }),
        cut: "Stopped after 30 s: the page was still busy.",
      };
    });
    expect(found.items).toHaveLength(1);
    expect(requests).toEqual([]);
    expect(found.cut).toMatch(/still busy/);
    const { original = "", preview = "" } = found.pages[0]?.screenshot ?? {};
    expect(sha256(await place.vault.readAll(original, 10 ** 7))).toBe(sha256(screenshot ?? new Uint8Array()));
    expect((await place.vault.readAll(preview, 10 ** 6)).length).toBeGreaterThan(0);
  });

  test("hears that a page needs its scripts when it shows nothing without them", async () => {
    const { found } = await captureSite({ "/": "<script>document.write('x')</script>" });
    expect(found.scripted).toBe(true);
    expect((await captureSite({ "/": "<p>nothing</p>" })).found.scripted).toBe(false);
  });
});

test("a host is asked by few at a time, and by all captures together", async () => {
  let [active, most] = [0, 0];
  const bytes = await picture(28, { width: 60, height: 40 });
  const slowly: Answer = (_, response) => {
    most = Math.max(most, ++active);
    setTimeout(() => {
      active -= 1;
      response.end(bytes);
    }, 20);
  };
  const names = Array.from({ length: 12 }, (_, at) => `/${at}.jpg`);
  const site = await serve({
    "/": names.map((name) => `<img src="${name}">`).join(""),
    ...Object.fromEntries(names.map((name) => [name, slowly])),
  });
  const place = await startCaptures({
    decoder,
    settings: settingsFor([site.host], { together: 8, connections: 2 }),
  });
  await Promise.all(["one", "two"].map((id) => place.capture(id, `${site.origin}/`)));
  expect(most).toBe(2);
  expect(place.found.items).toHaveLength(24);
});
