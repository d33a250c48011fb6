/** What a server can do with its answer: too much, too slow, compressed to a bomb, cut off. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { guardedFetch } from "@wardline/node/capture";
import { code, fetchWith, serve, settingsFor, type Answer } from "./support.ts";
import { manualClock } from "../../support/manual-clock.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const sending =
  (body: Uint8Array, headers: Record<string, string>): Answer =>
  (_, response) =>
    void response.writeHead(200, { "content-type": "text/html", ...headers }).end(body);

/** Writes for as long as anybody reads; remembers how much that was. */
function endless(
  piece: Uint8Array,
  headers: Record<string, string> = {},
): { answer: Answer; sent: () => number; closed: Promise<void> } {
  let sent = 0;
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const pour = (response: ServerResponse) => {
    while (!response.destroyed && response.write(piece)) sent += piece.length;
    sent += piece.length;
    if (!response.destroyed) response.once("drain", () => pour(response));
  };
  const answer: Answer = (_, response) => {
    response.on("close", close);
    response.writeHead(200, { "content-type": "text/html", ...headers });
    pour(response);
  };
  return { answer, sent: () => sent, closed };
}

describe("a request", () => {
  test("carries the user agent of the settings, no cookie, nothing of an earlier answer", async () => {
    const { origin, host, requests } = await serve({
      "/": (_, response) => void response.writeHead(200, { "set-cookie": "id=1", etag: '"x"' }).end("x"),
    });
    const settings = { ...settingsFor([host]), userAgent: "Ordinary/1.0" };
    const fetch = fetchWith(settings);
    await fetch(`${origin}/`);
    await fetch(`${origin}/`);
    expect(requests).toHaveLength(2);
    for (const { headers } of requests) {
      expect(Object.keys(headers).sort()).toEqual([
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "host",
        "user-agent",
      ]);
      expect(headers["user-agent"]).toBe("Ordinary/1.0");
    }
  });

  test("for a picture asks for formats that the sandbox opens, and names the page", async () => {
    const { origin, host, requests } = await serve({ "/": "x" });
    await fetchWith(settingsFor([host]), { accept: "media", referrer: `${origin}/page` })(`${origin}/`);
    expect(requests[0]?.headers).toMatchObject({
      referer: `${origin}/page`,
      accept: expect.not.stringContaining("avif") as string,
    });
  });

  test("ends with any status as a result", async () => {
    const { origin, host } = await serve({
      "/gone": (_, response) => void response.writeHead(410).end("gone"),
    });
    const { status, body } = await fetchWith(settingsFor([host]))(`${origin}/gone`);
    expect([status, text(body)]).toEqual([410, "gone"]);
  });

  test("that is aborted ends with the reason", async () => {
    const { origin, host } = await serve({ "/": () => undefined });
    const reason = new Error("no longer wanted");
    const aborting = new AbortController();
    const fetching = guardedFetch(`${origin}/`, { settings: settingsFor([host]), signal: aborting.signal });
    const outcome = expect(fetching).rejects.toBe(reason);
    aborting.abort(reason);
    await outcome;
    await expect(
      guardedFetch(`${origin}/`, { settings: settingsFor([host]), signal: aborting.signal }),
    ).rejects.toBe(reason);
  });
});

describe("a compressed answer", () => {
  const page = new TextEncoder().encode("<p>page</p>".repeat(1000));

  test.each([
    ["gzip", gzipSync(page)],
    ["x-gzip", gzipSync(page)],
    ["br", brotliCompressSync(page)],
    ["deflate", deflateSync(page)],
    ["identity", page],
  ])("with %s is read", async (encoding, body) => {
    const { origin, host } = await serve({ "/": sending(body, { "content-encoding": encoding }) });
    expect(text((await fetchWith(settingsFor([host]))(`${origin}/`)).body)).toBe(text(page));
  });

  test.each(["compress", "gzip, gzip", "zstd", "nonsense"])("with %s is refused", async (encoding) => {
    const { origin, host } = await serve({ "/": sending(page, { "content-encoding": encoding }) });
    await expect(fetchWith(settingsFor([host]))(`${origin}/`)).rejects.toThrow(code("unsupported-encoding"));
  });

  test.each([
    ["gzip", gzipSync(page).subarray(0, 60)],
    ["gzip", page],
    ["br", brotliCompressSync(page).subarray(0, 10)],
    ["br", page],
    ["deflate", page],
  ])("with %s that is broken is refused", async (encoding, body) => {
    const { origin, host } = await serve({ "/": sending(body, { "content-encoding": encoding }) });
    await expect(fetchWith(settingsFor([host]))(`${origin}/`)).rejects.toThrow(code("broken-encoding"));
  });

  test.each([
    ["gzip", gzipSync(new Uint8Array(2 ** 28))],
    ["br", brotliCompressSync(new Uint8Array(2 ** 28), { params: { 1: 4 } })],
  ])("with %s that becomes 256 MiB is stopped at the limit, with little memory", async (encoding, bomb) => {
    expect(bomb.length).toBeLessThan(400_000);
    const { origin, host } = await serve({ "/": sending(bomb, { "content-encoding": encoding }) });
    const before = process.memoryUsage().arrayBuffers;
    await expect(fetchWith(settingsFor([host], { pageSize: "2MiB" }))(`${origin}/`)).rejects.toThrow(
      code("too-large"),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });
});

describe("an answer without end", () => {
  test("is cut off at the page's limit, and the server loses the connection", async () => {
    const page = endless(new TextEncoder().encode("<p>more</p>".repeat(1000)));
    const { origin, host } = await serve({ "/": page.answer });
    await expect(fetchWith(settingsFor([host], { pageSize: "1MiB" }))(`${origin}/`)).rejects.toThrow(
      code("too-large"),
    );
    await page.closed;
    expect(page.sent()).toBeLessThan(40 * 2 ** 20); // what the kernel's buffers hold comes on top
  });

  test("of compressed nothing is cut off too: bytes on the wire count", async () => {
    const empty = endless(gzipSync(new Uint8Array()), { "content-encoding": "gzip" });
    const { origin, host } = await serve({ "/": empty.answer });
    await expect(fetchWith(settingsFor([host], { pageSize: "64KiB" }))(`${origin}/`)).rejects.toThrow(
      code("too-large"),
    );
    await empty.closed;
  });

  test("pictures may be larger than pages, and a caller may allow less", async () => {
    const body = new Uint8Array(50_000);
    const { origin, host } = await serve({ "/": sending(body, { "content-type": "image/png" }) });
    const settings = settingsFor([host], { pageSize: "1KiB", itemSize: "50KiB" });
    expect((await fetchWith(settings)(`${origin}/`)).body).toHaveLength(50_000);
    await expect(fetchWith(settings, { most: 49_999 })(`${origin}/`)).rejects.toThrow(code("too-large"));
  });
});

describe("a slow or broken server", () => {
  const timely = { timeout: "300ms" };

  test("that never answers, or never ends its headers or its body, times out", async () => {
    const drip: Answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
    };
    const headersOnly: Answer = (request) => void request.socket.write("HTTP/1.1 200 OK\r\nx-a: 1\r\n");
    const { origin, host } = await serve({
      "/silent": () => undefined,
      "/drip": drip,
      "/headers": headersOnly,
    });
    const fetch = fetchWith(settingsFor([host], timely));
    for (const path of ["/silent", "/drip", "/headers"])
      await expect(fetch(origin + path)).rejects.toThrow(code("timeout"));
  });

  test("that sends much for long is read to the end; one that trickles is not", async () => {
    const clock = manualClock();
    const piece = new Uint8Array(2 ** 20 + 1);
    const trickle = async (response: ServerResponse, pieces: number, size: number) => {
      response.writeHead(200, { "content-type": "video/mp4" });
      for (let sent = 0; sent < pieces; sent++) {
        const before = read;
        response.write(piece.subarray(0, size));
        await vi.waitFor(() => expect(response.destroyed || read === before + size).toBe(true), 20_000);
        clock.advance(50_000);
      }
      response.end();
    };
    const send =
      (pieces: number, size: number): Answer =>
      (_, response) =>
        void trickle(response, pieces, size);
    let read = 0;
    const { origin, host } = await serve({ "/much": send(4, piece.length), "/little": send(4, 1000) });
    const options = { clock, onRead: (bytes: number) => void (read += bytes) };
    const fetch = fetchWith(settingsFor([host]), options);
    expect((await fetch(`${origin}/much`)).body).toHaveLength(4 * piece.length);
    await expect(fetch(`${origin}/little`)).rejects.toThrow(code("timeout"));
  });

  test("that redirects slowly does not get the time anew for every step", async () => {
    const slowly: Answer = (_, response) =>
      void setTimeout(() => response.writeHead(302, { location: "/" }).end(), 200);
    const { origin, host } = await serve({ "/": slowly });
    await expect(fetchWith(settingsFor([host], timely))(`${origin}/`)).rejects.toThrow(code("timeout"));
  });

  test("that hangs up, speaks no HTTP, or sends other lengths than it says is unreachable", async () => {
    const raw =
      (bytes: string): Answer =>
      (request) =>
        void request.socket.end(bytes);
    const { origin, host } = await serve({
      "/hangs-up": (request) => void request.socket.destroy(),
      "/nonsense": raw("SSH-2.0-OpenSSH_9.2\r\n"),
      "/short": raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this"),
      "/headers": raw(`HTTP/1.1 200 OK\r\n${"x-long: 12345678901234567890\r\n".repeat(5000)}\r\n`),
      "/both": raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello"),
    });
    const fetch = fetchWith(settingsFor([host]));
    for (const path of ["/hangs-up", "/nonsense", "/short", "/headers", "/both"]) {
      await expect(fetch(origin + path), path).rejects.toThrow(code("unreachable"));
    }
  });

  test("that is not there is unreachable", async () => {
    const settings = settingsFor(["127.0.0.1:9"]);
    await expect(fetchWith(settings)("http://127.0.0.1:9/")).rejects.toThrow(code("unreachable"));
  });
});
