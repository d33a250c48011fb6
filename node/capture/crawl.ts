/**
 * The capture of one URL: the page with its pictures, then the pages of the same site that it links to with theirs, near
 * ones first, until there is no more or the budget ends. What one picture or one linked page does never stops the rest.
 */
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import { systemClock, type Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";
import { createBudget, type Budget } from "./budget.ts";
import { bytesOfDataUrl, embeddedName } from "./dataurl.ts";
import { refuse } from "./errors.ts";
import type { Fetched, FetchOptions } from "./fetch.ts";
import type { Hosting } from "./hosting/index.ts";
import {
  createCollection,
  type CapturedItem,
  type Collection,
  type Keeping,
  type Place,
  type RefusedItem,
} from "./items.ts";
import { pauses } from "./pace.ts";
import { sameSite } from "./site.ts";
import { plainPages, type PageRequest, type PageSource, type SourcedPage } from "./source.ts";

export interface CaptureOptions extends Omit<Keeping, "vault"> {
  vault: Pick<Vault, "put" | "shred">;
  /** The guarded fetch, bound to its settings. */
  fetch: (
    url: string,
    options: Pick<FetchOptions, "signal" | "accept" | "referrer" | "most" | "onRead">,
  ) => Promise<Fetched>;
  /** Where pages come from. Default: as the server sends them. */
  source?: PageSource;
  /** Where a URL is hosted; `address` is the one its content came from. */
  trace: (url: string, address: string) => Promise<Hosting>;
  settings: CaptureSettings;
  signal: AbortSignal;
  /** Pictures dealt with, and found so far. */
  onProgress?: (progress: { done: number; total: number }) => void;
  clock?: Clock;
}

export interface Capture {
  /** Pages read, in order; `images` counts the pictures each one names. */
  pages: { url: string; status: number; images: number }[];
  items: CapturedItem[];
  refused: RefusedItem[];
  /** Which limit cut it short, in a sentence. */
  cut?: string;
  hosting: Hosting;
}

type Capturing = Omit<CaptureOptions, "vault"> & Keeping;

interface Crawl extends Capturing {
  source: PageSource;
  budget: Budget;
  collection: Collection;
  pages: Capture["pages"];
  /** Pages to read, nearest first; grows while it is read. */
  queue: (Place & { depth: number })[];
  seen: Set<string>;
  /** The page whose site is captured: the reported one, where it redirected to. */
  site: string;
  total: number;
  done: number;
  pause: () => Promise<void>;
}

/**
 * Captures a URL. Originals and previews are in the vault when it resolves; when it rejects, nothing of it stays there.
 * Errors: those of `guardedFetch` for the URL itself; `decode/no-sandbox`; the vault's; the signal's reason.
 */
export async function captureUrl(url: string, options: CaptureOptions): Promise<Capture> {
  const stored: string[] = [];
  const put: Keeping["vault"]["put"] = async (...item) => {
    const kept = await options.vault.put(...item);
    stored.push(kept.id);
    return kept;
  };
  try {
    return await captured(url, { ...options, vault: { put } });
  } catch (error) {
    // Nobody would know of it, and a node that runs for months sweeps its vault at its start only.
    for (const id of stored) await options.vault.shred(id).catch(() => undefined);
    throw error;
  }
}

async function captured(url: string, options: Capturing): Promise<Capture> {
  const { settings, clock = systemClock, source = plainPages(options.fetch) } = options;
  const budget = createBudget(settings.limits, clock);
  const crawl: Crawl = {
    ...options,
    source,
    budget,
    collection: createCollection(options),
    pages: [],
    queue: [],
    seen: new Set<string>(),
    site: url,
    total: 0,
    done: 0,
    pause: pauses(settings.limits.delay, clock),
  };
  budget.page();
  const page = await sourced(crawl, url);
  const first = page.fetched;
  crawl.site = first.url;
  for (const hop of [...first.chain, first]) crawl.seen.add(hop.url);
  await readPage(crawl, { url, foundOn: url, depth: 0 }, page);
  for (const linked of crawl.queue) {
    if (!budget.page()) break;
    await visit(crawl, linked);
  }
  const cut = budget.cut ?? (first.status >= 400 ? `The site answered ${first.status}.` : undefined);
  return {
    pages: crawl.pages,
    items: crawl.collection.items(),
    refused: crawl.collection.refused(),
    ...(cut !== undefined && { cut }),
    hosting: await options.trace(first.url, first.address),
  };
}

async function visit(crawl: Crawl, linked: Place & { depth: number }): Promise<void> {
  try {
    const page = await sourced(crawl, linked.url, linked.foundOn);
    const { url } = page.fetched;
    if (url !== linked.url && crawl.seen.has(url)) return; // a redirect to what was read already
    crawl.seen.add(url);
    if (page.references && !sameSite(url, crawl.site)) return;
    await readPage(crawl, linked, page);
  } catch (error) {
    crawl.signal.throwIfAborted();
    crawl.collection.refuse(crawl.total++, linked, error);
    crawl.done++;
  }
}

/** Takes in what a page shows and notes where it leads; what turns out to be a picture is taken in as one. */
async function readPage(
  crawl: Crawl,
  from: Place & { depth: number },
  { fetched: page, references }: SourcedPage,
): Promise<void> {
  const { queue, seen, pages, settings } = crawl;
  if (!references) return takeAll(crawl, [{ ...place(from), file: page }]);
  const { media, links, frames } = references;
  pages.push({ url: page.url, status: page.status, images: media.length });
  const found = media.map((url) => ({ url, foundOn: page.url }));
  const unseen = found.filter(({ url }) => !seen.has(url));
  for (const again of found) if (seen.has(again.url)) crawl.collection.seenAgain(again);
  for (const { url } of unseen) seen.add(url);
  await takeAll(crawl, unseen);
  if (from.depth >= settings.limits.depth) return;
  for (const url of [...frames, ...links]) {
    if (queue.length >= settings.limits.pages) break; // no more than this can be read
    if (seen.has(url) || !sameSite(url, crawl.site)) continue;
    seen.add(url);
    queue.push({ url, foundOn: page.url, depth: from.depth + 1 });
  }
}

/** A picture to take in; one whose content came already when its URL turned out to be no page. */
type Found = Place & { file?: Fetched | undefined };

const place = ({ url, foundOn }: Place): Place => ({ url, foundOn });

/** The pictures of one page, a few at a time. */
async function takeAll(crawl: Crawl, found: Found[]): Promise<void> {
  const first = crawl.total;
  crawl.total += found.length;
  let next = 0;
  const tell = () => crawl.onProgress?.({ done: crawl.done, total: crawl.total });
  tell();
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    for (let at = next++; at < found.length && failure === undefined; at = next++) {
      const one = found[at];
      if (one === undefined || !crawl.budget.item()) return;
      await takeOne(crawl, first + at, one);
      crawl.done++;
      tell();
    }
  };
  const failing = () => worker().catch((error: unknown) => void (failure ??= { error }));
  await Promise.all(Array.from({ length: crawl.settings.limits.together }, failing));
  if (failure !== undefined) throw (failure as { error: unknown }).error;
}

async function takeOne(crawl: Crawl, position: number, { file, url, foundOn }: Found): Promise<void> {
  const named = { url: url.startsWith("data:") ? embeddedName(url) : url, foundOn };
  try {
    await crawl.collection.take(position, named, await contentOf(crawl, { file, url, foundOn }));
  } catch (error) {
    crawl.signal.throwIfAborted();
    crawl.collection.refuse(position, named, error);
  }
}

async function contentOf(crawl: Crawl, { file, url, foundOn }: Found): Promise<Uint8Array> {
  if (url.startsWith("data:")) {
    const bytes = bytesOfDataUrl(url, crawl.settings.limits.itemSize);
    if (bytes === undefined) throw refuse("invalid-url");
    return bytes;
  }
  const { status, body } = file ?? (await fetchedFile(crawl, url, foundOn));
  if (status < 200 || status > 299) throw refuse("http-status", { details: { status } });
  return body;
}

async function sourced(crawl: Crawl, url: string, referrer?: string): Promise<SourcedPage> {
  return crawl.source(url, { ...(await turn(crawl)), ...(referrer && { referrer }) });
}

async function fetchedFile(crawl: Crawl, url: string, referrer: string): Promise<Fetched> {
  return crawl.fetch(url, { ...(await turn(crawl)), accept: "media", referrer });
}

/** Waits until the next fetch may start; what it may spend. */
async function turn({ pause, signal, budget }: Crawl): Promise<PageRequest> {
  await pause();
  signal.throwIfAborted();
  return { signal, most: budget.bytesLeft, onRead: budget.spend };
}
