/** Rendered pages as the crawl takes them: what a browser showed and loaded, instead of what the server sent. */
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import { refuse } from "../errors.ts";
import type { RenderedExchange } from "../evidence/index.ts";
import type { Fetched } from "../fetch.ts";
import { referencesIn, type References } from "../references.ts";
import { ruleFor } from "../rules.ts";
import type { PageSource, SourcedPage } from "../source.ts";
import { refuseRendering } from "./errors.ts";
import type { Load } from "./exchanges.ts";
import { authorityOf } from "./proxy.ts";
import type { Rendered, Renderer } from "./renderer.ts";

/**
 * Renders each page. What turns out to be a download instead of a page is fetched by `plain`.
 * Errors: those of `Renderer.render` and of `guardedFetch`; `capture/rendering-timeout`.
 */
export function renderedPages(renderer: Pick<Renderer, "render">, plain: PageSource): PageSource {
  return async (url, request) => {
    const rendered = await renderer.render(url, request);
    const shown = shownDocument(rendered);
    if (!rendered.downloads.includes(urlOf(shown))) return sourcedPage(rendered, shown);
    const page = await plain(url, request);
    return { ...page, exchanges: exchangesOf(rendered) };
  };
}

/** Renders the pages of sites whose rule says so, unless that is done on demand only. */
export function pagesByRule(settings: CaptureSettings, plain: PageSource, rendered: PageSource): PageSource {
  const isWanted = (url: string) =>
    settings.rendering.mode === "always-for-rules" && ruleFor(new URL(url), settings)?.render === true;
  return (url, request) => (isWanted(url) ? rendered : plain)(url, request);
}

const urlOf = ({ hops }: Load) => hops.at(-1)?.url ?? "";

/** The last document that was answered. Without one, the reason why the page did not come. */
function shownDocument(rendered: Rendered): Load {
  const answered = rendered.documents.filter(({ hops }) => (hops.at(-1)?.status ?? 0) > 0);
  const shown = answered.at(-1);
  if (shown) return shown;
  if (rendered.failure) throw rendered.failure;
  const last = rendered.documents.at(-1)?.hops.at(-1);
  if (last?.error === undefined) throw refuseRendering("rendering-timeout");
  if (last.error === "net::ERR_TOO_MANY_REDIRECTS") throw refuse("redirects");
  throw (
    rendered.network.failureOf(authorityOf(new URL(last.url))) ??
    refuse("unreachable", { details: { code: last.error } })
  );
}

function sourcedPage(rendered: Rendered, shown: Load): SourcedPage {
  const { frames, screenshot, cut, loads } = rendered;
  const content = fetchedOf(rendered, shown);
  const seen = { exchanges: exchangesOf(rendered), ...(cut !== undefined && { cut }) };
  if (frames.length === 0 && content.body.length === 0)
    throw rendered.failure ?? refuseRendering("rendering-timeout");
  if (!isHtml(content)) return { fetched: content, ...seen };
  const read = frames.filter(({ url }) => /^(?:https?|about):/.test(url));
  const html = frames[0]?.url.startsWith("http") ? frames[0].html : undefined;
  const fetched = html === undefined ? content : withHtml(content, html);
  const files = new Map(
    loads.filter(isPicture).map((load) => [load.hops[0]?.url ?? "", fetchedOf(rendered, load)]),
  );
  return {
    fetched,
    references: referencesOf(rendered, html === undefined ? [bodyAsFrame(content)] : read, content.url),
    files,
    ...(screenshot && { screenshot }),
    ...seen,
  };
}

const isHtml = ({ headers }: Fetched) => /html|xml/i.test(headers["content-type"] ?? "text/html");

/** A page that could not be read after its scripts is read as it was sent. */
const bodyAsFrame = ({ url, body }: Fetched) => ({ url, html: new TextDecoder().decode(body) });

const withHtml = (page: Fetched, html: string): Fetched => ({
  ...page,
  headers: { ...page.headers, "content-type": "text/html; charset=utf-8" },
  body: new TextEncoder().encode(html),
});

/** What all frames show and lead to, and what was loaded without standing anywhere in them. Frames were read; none is left. */
function referencesOf(
  { loads, popups, downloads }: Rendered,
  frames: readonly { url: string; html: string }[],
  pageUrl: string,
): References {
  const inFrames = frames.map(({ url, html }) => referencesIn(html, /^https?:/.test(url) ? url : pageUrl));
  const loaded = loads.filter(isPicture).map(nameOf);
  return {
    media: unique([...inFrames.flatMap(({ media }) => media), ...loaded]),
    links: unique([...inFrames.flatMap(({ links }) => links), ...popups, ...downloads]),
    frames: [],
    styles: [],
  };
}

const unique = (urls: string[]) => [...new Set(urls)];

/** A picture or video that came whole. What a site asks for itself, such as its icon, is none. */
function isPicture({ hops, type }: Load): boolean {
  const last = hops.at(-1);
  if (last?.body === undefined || last.status !== 200 || type === "Other") return false;
  return type === "Image" || /^(?:image|video)\//i.test(headersOf(last)["content-type"] ?? "");
}

/** What a script made has no address that another could fetch: it is named by its content, as if it stood in the page. */
function nameOf({ hops }: Load): string {
  const [first, last] = [hops[0], hops.at(-1)];
  if (!first?.url.startsWith("blob:")) return first?.url ?? "";
  const type = headersOf(last)["content-type"] ?? "application/octet-stream";
  return `data:${type};base64,${Buffer.from(last?.body ?? []).toString("base64")}`;
}

function fetchedOf({ documents, network }: Rendered, load: Load): Fetched {
  const content = load.hops.at(-1);
  if (content === undefined) throw refuseRendering("rendering-timeout");
  const before = documents.includes(load)
    ? documents.slice(0, documents.indexOf(load)).flatMap(({ hops }) => hops)
    : [];
  const addressOf = ({ url }: RenderedExchange) => network.addressOf(authorityOf(new URL(url))) ?? "";
  const hops = [...before, ...load.hops.slice(0, -1)].filter(({ status }) => status > 0);
  return {
    url: content.url,
    status: content.status,
    headers: headersOf(content),
    body: content.body ?? new Uint8Array(),
    chain: hops.map((hop) => ({ url: hop.url, status: hop.status, address: addressOf(hop) })),
    address: addressOf(content),
  };
}

/** Lower-case names; repeated fields joined by a comma. */
function headersOf(exchange: RenderedExchange | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of exchange?.responseHeaders ?? []) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  return headers;
}

/** Everything that went over the network, with the addresses that answered: the browser itself only sees the proxy. */
function exchangesOf({ loads, network }: Rendered): RenderedExchange[] {
  const overNetwork = loads.flatMap(({ hops }) => hops).filter(({ url }) => /^https?:/.test(url));
  return overNetwork.map((hop) => {
    const address = network.addressOf(authorityOf(new URL(hop.url)));
    return { ...hop, ...(address !== undefined && { address }) };
  });
}
