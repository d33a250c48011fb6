/** Where pages come from: fetched and read as they are, or rendered by a browser. The crawl does not ask which. */
import type { Fetched, FetchOptions } from "./fetch.ts";
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
}

/** What came from an address that was expected to be a page. */
export interface SourcedPage {
  /** The answer: after redirects, with the chain of them. For a rendered page, `body` is what the browser made of it. */
  fetched: Fetched;
  /** What it shows and leads to. Absent: it is no page but a file, taken in as one. */
  references?: References;
  /** A picture of the page as a visitor sees it, taken in like any picture found on it. */
  screenshot?: Uint8Array;
}

/** Rejects as `guardedFetch` does. */
export type PageSource = (url: string, request: PageRequest) => Promise<SourcedPage>;

/** Pages as the server sends them, without running anything. */
export function plainPages(
  fetch: (
    url: string,
    options: Pick<FetchOptions, "signal" | "accept" | "referrer" | "most" | "onRead">,
  ) => Promise<Fetched>,
): PageSource {
  return async (url, request) => {
    const fetched = await fetch(url, { ...request, accept: "page" });
    return isPage(fetched)
      ? { fetched, references: referencesIn(textOf(fetched), fetched.url) }
      : { fetched };
  };
}
