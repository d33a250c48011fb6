/** What of a capture is in its archive: also of one that fails, and of what a browser showed. */
import { afterAll, expect, test } from "vitest";
import type { PageSource } from "@wardline/node/capture";
import { decodeSettings } from "../../../../node/configuration/settings/decode.ts";
import { createDecoder } from "../../../../node/decode/index.ts";
import { systemClock } from "../../../../node/telemetry/index.ts";
import { picture } from "../../../support/pictures.ts";
import { startCaptures, type CapturesPlace } from "../captures.ts";
import { code, serve, settingsFor } from "../support.ts";
import { readByWarcio } from "./support.ts";

const decoder = createDecoder(decodeSettings.parse({}), systemClock);
afterAll(() => decoder.close());

async function recordsOf({ vault, archives }: CapturesPlace) {
  const files = await Promise.all(archives.map((id) => vault.readAll(id, 2 ** 30)));
  return (await Promise.all(files.map((file) => readByWarcio(Buffer.from(file))))).flat();
}

test("a capture that fails leaves what was asked and what came", async () => {
  const { origin, host } = await serve({
    "/": (request) => void request.socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this"),
  });
  const place = await startCaptures({ decoder, settings: settingsFor([host]) });
  await expect(place.capture("one", `${origin}/`)).rejects.toThrow(code("unreachable"));
  const records = await recordsOf(place);
  expect(records.map(({ type }) => type)).toEqual(["warcinfo", "response", "request", "metadata"]);
  expect(records[1]?.fields["WARC-Truncated"]).toBe("disconnect");
});

test("each picture knows the record that it came in; the page is there too", async () => {
  const bytes = await picture(21);
  const { origin, host } = await serve({
    ...{ "/": `<img src="a.jpg"><img src="b.jpg">`, "/a.jpg": bytes },
    "/b.jpg": Buffer.from("no picture"),
  });
  const place = await startCaptures({ decoder, settings: settingsFor([host]) });
  const { items, refused } = await place.capture("one", `${origin}/`);
  expect(refused[0]?.acquisition?.received.bytes).toBe(10);
  const records = await recordsOf(place);
  const { requests, received } = items[0]?.acquisition ?? {};
  const response = records.find(({ id }) => id === `<${requests?.[0]?.record ?? ""}>`);
  expect(response?.content.equals(bytes)).toBe(true);
  expect(received).toMatchObject({ bytes: bytes.length, sha256: items[0]?.digests.sha256 });
  expect(records.find(({ type, url }) => type === "response" && url === `${origin}/`)?.status).toBe(200);
});

test("what a browser showed of a page is kept beside what it was sent", async () => {
  const shot = await picture(22);
  const at = Date.now();
  const source: PageSource = async (url) => ({
    fetched: {
      ...{ url, status: 200, headers: { "content-type": "text/html" }, chain: [], address: "192.0.2.1" },
      body: Buffer.from("<p>after its scripts</p>"),
    },
    references: { media: [], links: [], frames: [], styles: [] },
    screenshot: shot,
    exchanges: [
      {
        ...{ method: "GET", url, at, status: 200, statusText: "OK", body: Buffer.from("<p>as sent</p>") },
        ...{ requestHeaders: [], responseHeaders: [["content-type", "text/html"]] },
      },
    ],
  });
  const place = await startCaptures({ decoder, settings: settingsFor([]), source });
  await place.capture("one", "http://bridge.example/");
  const records = await recordsOf(place);
  const content = (type: string, url: string) =>
    records.find((record) => record.type === type && record.url === url)?.content.toString("latin1");
  expect(content("response", "http://bridge.example/")).toBe("<p>as sent</p>");
  expect(content("resource", "urn:dom:http://bridge.example/")).toBe("<p>after its scripts</p>");
  expect(content("resource", "urn:fullPage:http://bridge.example/")).toBe(
    Buffer.from(shot).toString("latin1"),
  );
});
