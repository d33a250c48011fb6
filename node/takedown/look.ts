/** One look at a URL: fetched through the guard and compared by SHA-256. See `watch.ts` for what the results mean. */
import { createHash } from "node:crypto";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Look } from "./watch.ts";

/** The part of a guarded fetch that a look reads; redirects were followed, each one checked. */
export type FetchForLook = (
  url: string,
  options: { signal: AbortSignal; accept: "page" | "media"; referrer?: string },
) => Promise<{ status: number; body: Uint8Array }>;

export interface LookedAt {
  url: string;
  sha256: string;
  /** The page that shows it: many hosts deliver pictures to their own pages only. */
  foundOn?: string;
  /** The file is written into the page at `url`: only the page can be asked for, so only its absence is seen. */
  embedded?: boolean;
}

/** Answers by which a server says that the content is not there: not found, gone, unavailable for legal reasons. */
const gone = new Set([404, 410, 451]);

/** Never throws for what a site does; only for `signal`. */
export async function lookAt(
  { url, sha256, foundOn, embedded }: LookedAt,
  fetch: FetchForLook,
  signal: AbortSignal,
): Promise<Look> {
  try {
    const accept = embedded ? "page" : "media";
    const { status, body } = await fetch(url, {
      signal,
      accept,
      ...(foundOn !== undefined && { referrer: foundOn }),
    });
    if (gone.has(status)) return { result: "missing", why: `status-${status}` };
    if (status < 200 || status > 299) return { result: "unavailable", why: `status-${status}` };
    if (embedded) return { result: "online", why: "page-answers" };
    const same = createHash("sha256").update(body).digest("hex") === sha256;
    return same ? { result: "online", why: "same-content" } : { result: "missing", why: "changed" };
  } catch (error) {
    signal.throwIfAborted();
    return { result: "unavailable", why: isWardlineError(error) ? error.code : "no-answer" };
  }
}
