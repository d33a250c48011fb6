/** Answers that are meant to keep a client busy, full or lost. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const zeros = Buffer.alloc(2 ** 26);
const html = { "content-type": "text/html" };

/** Writes for as long as anybody reads. */
function endless(piece: string | Uint8Array, headers: Record<string, string>): Answer {
  return (_, response) => {
    response.writeHead(200, headers);
    const pour = () => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once("drain", pour);
    };
    pour();
  };
}

/** A little at a time, without end. */
const drip =
  (write: (response: ServerResponse) => void, headers?: Record<string, string>): Answer =>
  (_, response) => {
    if (headers) response.writeHead(200, headers);
    const timer = setInterval(() => write(response), 50);
    response.on("close", () => clearInterval(timer));
  };

const redirectTo =
  (location: string, status = 302): Answer =>
  (_, response) =>
    // Whatever is written in it, as bytes.
    void response.writeHead(status, { location: Buffer.from(location).toString("latin1") }).end();

/** By path. None of them gives anything that could be kept. */
export function traps(canary: readonly string[]): Record<string, Answer> {
  const bomb = gzipSync(zeros);
  const found: Record<string, Answer> = {
    "/loop": redirectTo("/loop"),
    "/ring-a": redirectTo("/ring-b", 301),
    "/ring-b": redirectTo("/ring-a", 307),
    "/to-file": redirectTo("file:///etc/passwd"),
    "/to-login": redirectTo("http://root:root@127.0.0.1/"),
    "/bomb-gzip": (_, response) =>
      void response.writeHead(200, { ...html, "content-encoding": "gzip" }).end(bomb),
    "/bomb-br": (_, response) =>
      void response
        .writeHead(200, { ...html, "content-encoding": "br" })
        .end(brotliCompressSync(zeros, { params: { 1: 4 } })),
    "/bomb-nested": (_, response) =>
      void response.writeHead(200, { ...html, "content-encoding": "gzip, gzip" }).end(gzipSync(bomb)),
    "/bomb-endless": endless(gzipSync(new Uint8Array()), { ...html, "content-encoding": "gzip" }),
    "/endless-page": endless("<p>more</p>".repeat(5000), html),
    "/endless-picture": endless(Buffer.alloc(65_536, 1), { "content-type": "image/jpeg" }),
    "/endless-headers": drip((response) => void response.socket?.write(`x-${Math.random()}: more\r\n`)),
    "/slow-body": drip((response) => void response.write("."), html),
    "/silent": () => undefined,
    "/hangs-up": (request) => void request.socket.destroy(),
    "/no-http": (request) => void request.socket.end("220 mail.example ESMTP\r\n"),
    "/many-headers": (request) =>
      void request.socket.end(`HTTP/1.1 200 OK\r\n${"x-long: 12345678901234567890\r\n".repeat(5000)}\r\n`),
    // Asks to come back with the cookie, which nobody sends.
    "/cookie-wall": ({ headers }, response) =>
      void (headers.cookie
        ? response.end("a cookie came back")
        : response.writeHead(302, { location: "/cookie-wall", "set-cookie": "visited=1; Path=/" }).end()),
  };
  canary.forEach((url, at) => {
    found[`/redirect-${at}`] = redirectTo(url, [301, 302, 303, 307, 308][at % 5]);
  });
  return found;
}

/** Pages that cost a parser much, each with one picture at its end. */
export function heavyPages(good: (name: string) => string): Record<string, string> {
  return {
    "/deep": "<div>".repeat(100_000) + `<img src="${good("deep")}">`,
    "/attributes": `<p ${Array.from({ length: 100_000 }, (_, at) => `a${at}="x"`).join(" ")}><img src="${good("attributes")}">`,
    "/unclosed": "<a href='".repeat(50_000) + `'><img src="${good("unclosed")}">`,
    "/styles": `<style>${"a{b:url(".repeat(50_000)}</style><img src="${good("styles")}">`,
  };
}
