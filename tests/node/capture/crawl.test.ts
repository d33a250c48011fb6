/** Captures of whole sites, with the real sandbox and a real vault. */
import { PassThrough } from "node:stream";
import { createGzip } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { createDecoder } from "@wardline/node/decode";
import { systemClock } from "@wardline/node/telemetry";
import { digestsOf } from "@wardline/hashing/digests";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { flatPicture, picture } from "../../support/pictures.ts";
import { filesBelow } from "../vault/support.ts";
import { startCaptures, type CapturesPlace, type Found } from "./captures.ts";
import { code, redirectTo, serve, settingsFor, type Pages } from "./support.ts";

const decoder = createDecoder(decodeSettings.parse({}), systemClock);
afterAll(() => decoder.close());

type Choices = Partial<Parameters<typeof startCaptures>[0]> & {
  limits?: Record<string, number | string>;
  allow?: string[];
  signal?: AbortSignal;
};

/** Serves the pages, captures `/`, and gives what came out with the vault it went into. */
async function captureSite(pages: Pages, { limits = {}, allow = [], signal, ...options }: Choices = {}) {
  const site = await serve(pages);
  const settings = settingsFor([site.host, ...allow], limits);
  const place = await startCaptures({ decoder, settings, ...options });
  const capturing = place.capture("one", `${site.origin}/`, signal);
  return { ...site, place, vault: place.vault, capturing };
}

const paths = (origin: string, list: { url: string }[]) => list.map(({ url }) => url.replace(origin, ""));
const blobs = async ({ dataFolder }: CapturesPlace) =>
  (await filesBelow(dataFolder)).filter((path) => path.includes("/blobs/"));
const refusals = ({ refused }: Found, origin: string) =>
  refused.map(({ url, foundOn, code }) => [url.replace(origin, ""), foundOn.replace(origin, ""), code]);

describe("a capture", () => {
  test("takes the pictures of the page and of the pages it links to, original and preview sealed", async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map((seed) => picture(seed)));
    const { capturing, origin, vault, place } = await captureSite({
      "/": `<img src="one.jpg"><a href="more.html">more</a>`,
      "/more.html": `<img src="two.jpg"><a href="three.jpg">large</a><a href="/">back</a><a href="deeper.html">`,
      "/deeper.html": `<img src="four.jpg">`,
      "/one.jpg": one ?? "",
      "/two.jpg": two ?? "",
      "/three.jpg": three ?? "",
    });
    const capture = await capturing;
    expect(paths(origin, capture.items)).toEqual(["/one.jpg", "/two.jpg", "/three.jpg"]);
    expect(capture.pages).toEqual([
      { url: `${origin}/`, foundOn: `${origin}/`, status: 200, images: 1, kind: "page", depth: 0 },
      { url: `${origin}/more.html`, foundOn: `${origin}/`, status: 200, images: 2, kind: "page", depth: 1 },
    ]);
    expect(capture).toMatchObject({
      refused: [],
      hosting: { source: "unknown", lookup: "none", address: "127.0.0.1" },
    });
    expect(capture.cut).toBeUndefined();
    const [first] = capture.items;
    expect(first).toMatchObject({
      mime: "image/jpeg",
      width: 240,
      height: 180,
      bytes: one?.length,
      foundOn: `${origin}/`,
    });
    expect(first?.digests).toEqual(digestsOf(one ?? new Uint8Array()));
    for (const item of capture.items) {
      expect(digestsOf(await vault.readAll(item.original, 10 ** 7)).sha256).toBe(item.digests.sha256);
      expect(await decoder.decode(await vault.readAll(item.preview ?? "", 10 ** 6))).toMatchObject({
        mime: "image/jpeg",
      });
    }
    expect((await filesBelow(place.dataFolder)).length).toBeGreaterThanOrEqual(6);
    expect(await place.captures.progress(place.commit, "one")).toMatchObject({
      state: "ended",
      pages: { done: 2, found: 2 },
      items: { done: 3, found: 3 },
    });
    expect(first?.acquisition).toMatchObject({ requests: [{ url: `${origin}/one.jpg`, status: 200 }] });
  });

  test("lists what it refuses by code, and goes on with the rest", async () => {
    const good = await picture(4);
    const { capturing, origin } = await captureSite(
      {
        "/": [
          "bomb.png",
          "drawing.svg",
          "cut.jpg",
          "gone.jpg",
          "away.jpg",
          "page.html",
          "http://127.0.0.1:1/x.jpg",
          "large.jpg",
          "good.jpg",
        ]
          .map((src) => `<img src="${src}">`)
          .concat(`<a href="/linked-away">`, `<a href="/linked.pdf">`)
          .join(""),
        "/bomb.png": await flatPicture(20_000, 10_000),
        "/drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`,
        "/cut.jpg": good.subarray(0, 3000),
        "/away.jpg": redirectTo("http://169.254.169.254/"),
        "/page.html": "<p>log in first</p>",
        "/large.jpg": new Uint8Array(4 * 2 ** 20),
        "/good.jpg": good,
        "/linked-away": redirectTo("http://10.0.0.1/"),
        "/linked.pdf": (_, response) =>
          void response.writeHead(200, { "content-type": "application/pdf" }).end("%PDF-1.7"),
      },
      { limits: { itemSize: "3MiB" } },
    );
    const capture = await capturing;
    expect(refusals(capture, origin)).toEqual([
      ["/bomb.png", "/", "decode/too-many-pixels"],
      ["/drawing.svg", "/", "decode/unsupported-format"],
      ["/cut.jpg", "/", "decode/corrupt"],
      ["/gone.jpg", "/", "capture/http-status"],
      ["/away.jpg", "/", "capture/internal-address"],
      ["/page.html", "/", "decode/unsupported-format"],
      ["http://127.0.0.1:1/x.jpg", "/", "capture/internal-address"],
      ["/large.jpg", "/", "capture/too-large"],
      ["/linked-away", "/", "capture/internal-address"],
      ["/linked.pdf", "/", "decode/unsupported-format"],
    ]);
    expect(paths(origin, capture.items)).toEqual(["/good.jpg"]);
    const cut = capture.refused.find(({ url }) => url.endsWith("/cut.jpg"));
    expect(cut).toMatchObject({
      bytes: 3000,
      sha256: digestsOf(good.subarray(0, 3000)).sha256,
      message: expect.any(String) as string,
    });
  });

  test("keeps the same bytes once, and has an item of them for each address", async () => {
    const same = await picture(5);
    const { capturing, origin, requests, place } = await captureSite({
      "/": `<img src="a.jpg"><img src="b.jpg"><a href="more.html">`,
      "/more.html": `<img src="a.jpg"><img src="c.jpg">`,
      "/a.jpg": same,
      "/b.jpg": same,
      "/c.jpg": same,
    });
    const { items } = await capturing;
    expect(items.map(({ url, foundOn }) => [url, foundOn].map((one) => one.replace(origin, "")))).toEqual([
      ["/a.jpg", "/"],
      ["/b.jpg", "/"],
      ["/c.jpg", "/more.html"],
    ]);
    expect(new Set(items.map(({ original }) => original)).size).toBe(1);
    expect(new Set(items.map(({ preview }) => preview)).size).toBe(1);
    expect(requests.filter(({ url }) => url === "/a.jpg")).toHaveLength(1);
    const segments = place.archives.length;
    expect(await blobs(place)).toHaveLength(2 + segments);
  });

  test("takes pictures written into the page, under a name that is no address", async () => {
    const bytes = await picture(6, { width: 60, height: 50 });
    const { capturing } = await captureSite({
      "/": `<img src="data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}"><img src="data:image/png;base64,AAAA">`,
    });
    const { items, refused } = await capturing;
    expect(items[0]).toMatchObject({
      digests: digestsOf(bytes),
      url: expect.stringMatching(/^data:image\/jpeg,sha256-[0-9a-f]{64}$/) as string,
    });
    expect(refused[0]).toMatchObject({
      code: "decode/unsupported-format",
      url: expect.stringMatching(/^data:image\/png,sha256-/) as string,
    });
  });

  test("of a picture's own URL is that picture", async () => {
    const bytes = await picture(7);
    const { capturing, origin } = await captureSite({ "/": bytes });
    expect(await capturing).toMatchObject({
      pages: [],
      items: [{ url: `${origin}/`, foundOn: `${origin}/`, bytes: bytes.length }],
    });
  });

  test("names the page to hosts that deliver pictures to their own pages only", async () => {
    const bytes = await picture(8);
    const { capturing, origin } = await captureSite({
      "/": `<img src="a.jpg">`,
      "/a.jpg": (request, response) =>
        void (request.headers.referer?.endsWith("/") ? response.end(bytes) : response.writeHead(403).end()),
    });
    expect(paths(origin, (await capturing).items)).toEqual(["/a.jpg"]);
  });

  test("stays on the site, also when a linked page redirects away", async () => {
    const elsewhere = await serve({ "/": `<img src="x.jpg">`, "/x.jpg": await picture(9) });
    const { capturing } = await captureSite(
      {
        "/": `<a href="${elsewhere.origin}/">other site</a><a href="/away">`,
        "/away": redirectTo(`${elsewhere.origin}/`),
      },
      { allow: [elsewhere.host] },
    );
    const { pages, items } = await capturing;
    expect([pages.length, items.length]).toEqual([1, 0]);
    expect(elsewhere.requests.map(({ url }) => url)).toEqual(["/"]);
  });

  test("says which status the site answered with when it did not deliver", async () => {
    const { capturing } = await captureSite({
      "/": (_, response) => void response.writeHead(404, { "content-type": "text/html" }).end("<p>gone"),
    });
    expect(await capturing).toMatchObject({
      pages: [{ status: 404 }],
      items: [],
      cut: "The site answered 404.",
    });
  });
});

describe("a capture is cut short", () => {
  const endlessSite = new Proxy<Pages>(
    {},
    {
      get: (_, path) => `<a href="${String(path)}x">next</a><a href="${String(path)}y">next</a>`,
    },
  );

  test("by the number of pages and by depth, on a site that never ends", async () => {
    const { capturing, requests } = await captureSite(endlessSite, { limits: { pages: 7, depth: 5 } });
    expect((await capturing).cut).toMatch(/7 pages/);
    expect(requests).toHaveLength(7);
    const shallow = await captureSite(endlessSite, { limits: { depth: 0 } });
    expect(await shallow.capturing).toMatchObject({ pages: [{ url: `${shallow.origin}/` }] });
    expect(shallow.requests).toHaveLength(1);
  });

  test("by the number of pictures, and says so", async () => {
    const bytes = await picture(10, { width: 40, height: 40 });
    const { capturing } = await captureSite(
      { "/": [1, 2, 3, 4].map((n) => `<img src="${n}.jpg">`).join(""), "/1.jpg": bytes, "/2.jpg": bytes },
      { limits: { items: 2 } },
    );
    const { items, refused, cut } = await capturing;
    expect([items.length, refused.length]).toEqual([2, 0]);
    expect(cut).toMatch(/2 files/);
  });

  test("by its bytes", async () => {
    const bytes = new Uint8Array(300_000);
    const { capturing } = await captureSite(
      {
        "/": [1, 2, 3, 4, 5].map((n) => `<img src="${n}.jpg">`).join(""),
        "/1.jpg": bytes,
        "/2.jpg": bytes,
        "/3.jpg": bytes,
        "/4.jpg": bytes,
        "/5.jpg": bytes,
      },
      { limits: { totalSize: "1MiB", together: 1 } },
    );
    const { refused, cut } = await capturing;
    expect(refused.map((one) => one.code)).toEqual([
      "decode/unsupported-format",
      "decode/unsupported-format",
      "decode/unsupported-format",
      "capture/too-large",
    ]);
    expect(cut).toMatch(/1 MiB/);
  });

  test.each(["identity", "gzip"])(
    "a page that never ends (%s) shows what its beginning shows",
    async (encoding) => {
      const { capturing } = await captureSite(
        {
          "/": (_, response) => {
            response.writeHead(200, { "content-type": "text/html", "content-encoding": encoding });
            const sent = encoding === "gzip" ? createGzip() : new PassThrough();
            sent.on("error", () => undefined).pipe(response);
            sent.write(`<img src="1.jpg">`);
            const more = () => {
              if (response.destroyed) sent.destroy();
              else sent.write("<p>and so on</p>".repeat(1000), () => setImmediate(more));
            };
            more();
          },
          "/1.jpg": await picture(31),
        },
        { limits: { pageSize: "1MiB" } },
      );
      const { items, pages, refused, cut } = await capturing;
      expect([items.length, pages.length, refused.length]).toEqual([1, 1, 0]);
      expect(cut).toBe("A page had more than 1 MiB: the rest was not read.");
    },
  );

  test("by its bytes, also when those are style sheets", async () => {
    const sheets = Array.from({ length: 20 }, (_, n) => `/${n}.css`);
    const { capturing, requests } = await captureSite(
      {
        "/": sheets.map((path) => `<link rel="stylesheet" href="${path}">`).join(""),
        ...Object.fromEntries(sheets.map((path) => [path, " ".repeat(300_000)])),
      },
      { limits: { totalSize: "1MiB" } },
    );
    expect((await capturing).cut).toMatch(/1 MiB/);
    expect(requests).toHaveLength(5);
  });

  test("by its time", async () => {
    let now = 0;
    const clock = { ...systemClock, now: () => (now += 400) };
    const { capturing } = await captureSite(endlessSite, { limits: { totalTime: "2s", depth: 5 }, clock });
    const { pages, cut } = await capturing;
    expect(pages.length).toBeGreaterThan(0);
    expect(pages.length).toBeLessThan(6);
    expect(cut).toMatch(/2 s/);
  });
});

describe("a capture fails as a whole", () => {
  test("when the URL itself cannot be fetched, with the fetch's code", async () => {
    const { capturing } = await captureSite({ "/": redirectTo("http://127.0.0.1:1/") });
    await expect(capturing).rejects.toThrow(code("internal-address"));
  });

  test("when the sandbox does not work: nothing is passed by unseen", async () => {
    const broken = createDecoder(decodeSettings.parse({ bubblewrap: "/bin/false" }), systemClock);
    const { capturing } = await captureSite(
      { "/": `<img src="a.jpg">`, "/a.jpg": await picture(11) },
      { decoder: broken },
    );
    await expect(capturing).rejects.toThrow(expect.objectContaining({ code: "decode/no-sandbox" }));
  });

  test("when the vault does not take it", async () => {
    const full = {
      put: () => Promise.reject(new Error("disk full")),
      read: () => Promise.reject(new Error("not here")) as never,
      shred: () => Promise.resolve(),
    };
    const { capturing } = await captureSite(
      { "/": `<img src="a.jpg"><img src="a.jpg?2">`, "/a.jpg": await picture(12) },
      { vault: full },
    );
    await expect(capturing).rejects.toThrow("disk full");
  });

  test("when it is aborted, with the reason", async () => {
    const aborting = new AbortController();
    const reason = new Error("shutting down");
    const { capturing } = await captureSite(
      { "/": `<img src="a.jpg">`, "/a.jpg": () => aborting.abort(reason) },
      { signal: aborting.signal },
    );
    await expect(capturing).rejects.toBe(reason);
  });

  test("and leaves in the vault what is on record, and nothing else", async () => {
    const aborting = new AbortController();
    const { capturing, place } = await captureSite(
      {
        "/": `<img src="a.jpg"><a href="next">next</a>`,
        "/a.jpg": await picture(13),
        "/next": () => aborting.abort(new Error("shutting down")),
      },
      { signal: aborting.signal },
    );
    await expect(capturing).rejects.toThrow("shutting down");
    expect(place.found.items).toHaveLength(1);
    expect(await blobs(place)).toHaveLength(2 + place.archives.length);
  });
});

test("findings that do not fit the file are thrown away", async () => {
  const lying = {
    decode: async (bytes: Uint8Array) => ({
      ...(await decoder.decode(bytes)),
      digests: digestsOf(new Uint8Array()),
    }),
  };
  const { capturing } = await captureSite({ "/": await picture(13) }, { decoder: lying });
  expect(await capturing).toMatchObject({ items: [], refused: [{ code: "capture/digest-mismatch" }] });
});
