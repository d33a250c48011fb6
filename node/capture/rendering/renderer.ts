/** Renders pages one after the other, each in a browser of its own that nothing survives. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import { createTurns } from "../../decode/index.ts";
import { systemClock, type Clock, type Log } from "../../telemetry/index.ts";
import { checkedUrl } from "../fetch.ts";
import { checkFetched, ruleFor } from "../rules.ts";
import { systemResolve, type Resolve } from "../resolve.ts";
import { startBrowser } from "./browser.ts";
import { refuseRendering } from "./errors.ts";
import { openProxy, type GuardedProxy } from "./proxy.ts";
import { visit, type Visit } from "./visit.ts";

export interface RendererOptions {
  settings: CaptureSettings;
  /** The program that builds sandboxes. */
  bubblewrap: string;
  clock?: Clock;
  resolve?: Resolve;
  log?: Pick<Log, "warn">;
}

export interface RenderRequest {
  signal: AbortSignal;
  /** The page that leads there. */
  referrer?: string | undefined;
  /** Headers for a request to this address. */
  headers?: ((url: URL) => Record<string, string>) | undefined;
  /** Most bytes over the network, below the limit of the settings. */
  most?: number | undefined;
  /** Told of bytes as they pass. */
  onRead?: ((bytes: number) => void) | undefined;
}

/** What a browser made of an address, with what the proxy knows of its connections. */
export interface Rendered extends Visit {
  network: Pick<GuardedProxy, "addressOf" | "failureOf">;
}

export interface Renderer {
  /**
   * Visits an http or https address with a fresh browser.
   * Errors: `capture/rendering-off`, `/no-browser`, `/browser-not-started`, `/rendering-crashed`, `/rendering-memory`,
   * `/rendering-refused`, `/rendering-closed`; `decode/no-sandbox`; `capture/invalid-url`, `/unsupported-scheme`,
   * `/never-fetched`; the signal's reason.
   */
  render(url: string, request: RenderRequest): Promise<Rendered>;
  /** Kills a browser that runs; no other starts. */
  close(): void;
}

export function createRenderer({
  settings,
  bubblewrap,
  clock = systemClock,
  resolve = systemResolve,
  log,
}: RendererOptions): Renderer {
  const turns = createTurns(1); // a browser takes a gigabyte and every core
  const closing = new AbortController();
  const { mode, ownSandbox, limits } = settings.rendering;
  if (mode !== "never" && !ownSandbox)
    log?.warn(
      {},
      "Chromium's own sandbox is switched off (capture.rendering.ownSandbox): only bubblewrap holds a hostile page",
    );

  const inFolder = async (folder: string, url: string, request: RenderRequest, signal: AbortSignal) => {
    const proxySocket = join(folder, "proxy");
    const most = Math.min(limits.bytes, request.most ?? Infinity);
    const { promise: exhausted, resolve: exhaust } = Promise.withResolvers<string>();
    let passed = 0;
    const onBytes = (bytes: number) => {
      request.onRead?.(bytes);
      passed += bytes;
      if (passed <= most) return;
      exhaust(`Stopped after ${Math.round(most / 2 ** 20)} MiB: the rest of the page was not fetched.`);
      void network.close();
    };
    const network = await openProxy(proxySocket, { settings, resolve, onBytes });
    try {
      const browser = await startBrowser({ settings, bubblewrap, proxySocket, clock, signal });
      try {
        const { referrer, headers } = request;
        const options = { browser, settings, referrer, headers, clock, exhausted };
        const visited = await visit(url, options);
        signal.throwIfAborted();
        return { ...visited, network };
      } finally {
        browser.kill();
      }
    } finally {
      await network.close();
    }
  };

  return {
    async render(text, request) {
      if (mode === "never") throw refuseRendering("rendering-off");
      const url = checkedUrl(text);
      checkFetched(ruleFor(url, settings));
      const signal = AbortSignal.any([request.signal, closing.signal]);
      const giveBack = await turns.take(signal);
      const folder = await mkdtemp(join(tmpdir(), "wardline-"));
      try {
        return await inFolder(folder, url.href, request, signal);
      } catch (error) {
        signal.throwIfAborted(); // what a killed browser says is not why it was killed
        throw error;
      } finally {
        await rm(folder, { recursive: true, force: true });
        giveBack();
      }
    },
    close: () => closing.abort(refuseRendering("rendering-closed")),
  };
}
