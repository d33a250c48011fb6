/** Where URLs are hosted now, and whether that is still where a notice would go. */
import type { Hosting } from "../casework/index.ts";
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

/**
 * Addresses change behind one provider every minute; the country and the provider are what a notice depends on.
 * A look-up that failed is not a change.
 */
export function isSameHosting(
  expected: Pick<Hosting, "country" | "provider"> | undefined,
  now: Hosting | undefined,
): boolean {
  if (!now || now.source === "unknown") return true;
  return expected?.country === now.country && expected?.provider === now.provider;
}
