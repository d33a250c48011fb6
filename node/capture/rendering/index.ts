/**
 * Pages that need scripts: a browser in a sandbox of its own opens them, and what it showed and loaded is captured. The
 * browser reaches nothing but a guarded proxy, knows nothing of this machine, and is killed after each visit.
 *
 * pages.ts (for the crawl) -> renderer.ts (one visit at a time) -> proxy.ts (Unix socket -> guarded connections)
 *                                -> browser.ts -> sandbox.ts (bubblewrap) -> inside/forwarder.ts -> Chromium
 *                                     devtools.ts over two pipes
 *                                -> visit.ts -> order.ts, requests.ts, exchanges.ts, snapshot.ts
 */
export { pagesByRule, renderedPages } from "./pages.ts";
export { createRenderer, type Renderer } from "./renderer.ts";
