/** A web site on loopback that behaves as a test wants, and counts who came. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import { guardedFetch, type Fetched, type FetchOptions } from "@wardline/node/capture";
import { captureSettings, type CaptureSettings } from "../../../node/configuration/settings/capture.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;
/** What is at a path: bytes or HTML to send with 200, or how to answer. */
export type Pages = Record<string, Uint8Array | string | Answer>;

export interface TestSite {
  origin: string;
  /** As it stands in `capture.allow`. */
  host: string;
  port: number;
  requests: IncomingMessage[];
}

/** Serves until the test ends. Unknown paths answer 404. */
export async function serve(pages: Pages): Promise<TestSite> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.on("error", () => undefined);
    const page = pages[request.url ?? ""];
    if (typeof page === "function") return page(request, response);
    if (page === undefined) return void response.writeHead(404).end("not here");
    response.setHeader("content-type", typeof page === "string" ? "text/html; charset=utf-8" : "image/jpeg");
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, requests };
}

export const redirectTo =
  (location: string, status = 302): Answer =>
  (_, response) =>
    void response.writeHead(status, { location }).end("moved");

/** Settings for these sites, without the pauses that real sites get. */
export function settingsFor(allow: string[], limits: Record<string, number | string> = {}): CaptureSettings {
  return captureSettings.parse({ allow, limits: { delay: "0ms", ...limits } });
}

/** A fetch with the given settings that nobody aborts. */
export function fetchWith(
  settings: CaptureSettings,
  options: Partial<FetchOptions> = {},
): (url: string) => Promise<Fetched> {
  return (url) => guardedFetch(url, { settings, signal: new AbortController().signal, ...options });
}

export const code = (name: string): unknown =>
  expect.objectContaining({ code: `capture/${name}`, advice: expect.any(String) as string });
