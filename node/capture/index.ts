/**
 * The hostile web: fetching through a guard that reaches no internal address, reading a page with the pages and pictures
 * around it, and finding out where a host stands. Whatever a site does, a capture uses bounded time, memory and disk.
 *
 * crawl.ts (pages, budget) -> fetch.ts (redirects, limits) -> connector.ts (resolve, check, connect, check again) -> addresses.ts
 *          -> source.ts (a page, fetched or rendered) -> references.ts (what a page shows and links to)
 *          -> items.ts (a picture: fetched, decoded in the sandbox, sealed)
 */
export {
  createCaptures,
  type CaptureEnd,
  type CaptureProgress,
  type Captures,
  type CapturesOptions,
} from "./captures.ts";
export { guardedConnector } from "./connector.ts";
export { guardedFetch, type Fetched, type FetchOptions } from "./fetch.ts";
export {
  createRegistry,
  hostingMoved,
  hostingTraceSchema,
  readCdns,
  traceHosting,
  type ComparedHosting,
  type Hosting,
  type HostingTrace,
  type Registry,
  type TraceOptions,
} from "./hosting/index.ts";
export type { CapturedItem, RefusedItem } from "./items.ts";
export { headerLines } from "./headers.ts";
export { parseFlat } from "./markup.ts";
export { createRenderer, pagesByRule, renderedPages, type Renderer } from "./rendering/index.ts";
export { runStates } from "./run.ts";
export { sameSite } from "./site.ts";
export { plainPages, type Fetch, type PageRequest, type PageSource, type SourcedPage } from "./source.ts";
export type { CapturedPage, CaptureSink } from "./steps.ts";
export { createVideos, type Videos } from "./videos.ts";
export { systemResolve, type Resolve } from "./resolve.ts";
