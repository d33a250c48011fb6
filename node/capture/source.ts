/** Where pages come from: fetched and read as they are, or rendered by a browser. The crawl does not ask which. */
import type { RecordExchange, RenderedExchange } from "./evidence/index.ts";
import type { AnswerHead, Fetched, FetchOptions } from "./fetch.ts";
import { isPage, textOf } from "./page.ts";
import { referencesIn, type References } from "./references.ts";

export interface PageRequest {
  signal: AbortSignal;
  /** The page that leads there. */
  referrer?: string;
  /** Most bytes, below the limits of the settings. */
  most: number;
  /** Told of content as it arrives. */
  onRead: (bytes: number) => void;
  /** What the reporter gave to get in, and what the site's rule adds: headers for a request to this address. */
  headers?: (url: URL) => Record<string, string>;
  record?: RecordExchange | undefined;
  /** Takes the content of what turns out to be a file. */
  into?: (head: AnswerHead, content: AsyncIterable<Uint8Array>) => Promise<Uint8Array>;
}

/** What came from an address that was expected to be a page. */
export interface SourcedPage {
  /** The answer: after redirects, with the chain of them. For a rendered page, `body` is what the browser made of it. */
  fetched: Fetched;
  /** What it shows and leads to. Absent: it is no page but a file, taken in as one. */
  references?: References;
  /** What a browser loaded with it, by URL: taken from there instead of fetched a second time. */
  files?: ReadonlyMap<string, Fetched>;
  /** A picture of the page as a visitor sees it. */
  screenshot?: Uint8Array;
  /** What the browser asked for and got. */
  exchanges?: readonly RenderedExchange[];
  /** What cut the page short, in a sentence. */
  cut?: string;
}

/** Rejects as `guardedFetch` does. */
export type PageSource = (url: string, request: PageRequest) => Promise<SourcedPage>;

export type Fetch = (
  url: string,
  options: Omit<FetchOptions, "settings" | "resolve" | "clock">,
) => Promise<Fetched>;

/** Pages as the server sends them, without running anything; at most so many references of each. */
export function plainPages(fetch: Fetch, most?: number): PageSource {
  return async (url, request) => {
    const fetched = await fetch(url, { ...request, accept: "page" });
    if (!isPage(fetched)) return { fetched };
    return { fetched, references: referencesIn(textOf(fetched), fetched.url, most) };
  };
}
