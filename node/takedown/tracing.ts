/** Where URLs are hosted now, and whether that is still where a notice would go. */
import { hostingMoved, type ComparedHosting, type Hosting } from "../capture/index.ts";
import type { TakedownServices } from "./context.ts";

/** Hosting by host (with port), one look-up each. */
export type Traces = ReadonlyMap<string, Hosting>;

/** A report whose page is hosted elsewhere now. */
export interface Moved {
  report: string;
  /** Of the page, as it is now. */
  hosting: Hosting;
}

const hostOf = (url: string) => new URL(url).host;

/** Members tell URLs as they were written, as evidence; only one that can be fetched can be noticed. */
export const isFetchable = (url: string) => /^https?:$/u.test(URL.parse(url)?.protocol ?? "");

export async function traceHosts({ trace }: TakedownServices, urls: readonly string[]): Promise<Traces> {
  const traces = new Map<string, Hosting>();
  for (const url of urls.filter(isFetchable))
    if (!traces.has(hostOf(url))) traces.set(hostOf(url), await trace(url));
  return traces;
}

export const tracedOf = (traces: Traces, url: string): Hosting | undefined =>
  isFetchable(url) ? traces.get(hostOf(url)) : undefined;

/** The country and the provider are what a notice depends on; what could not be traced is not a change. */
export const isSameHosting = (expected: ComparedHosting | undefined, now: Hosting | undefined): boolean =>
  !now || !hostingMoved(expected, now);
