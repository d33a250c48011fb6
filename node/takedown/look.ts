/** One look at a URL: fetched through the guard and compared by SHA-256. See `watch.ts` for what the results mean. */
import { createHash } from "node:crypto";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Look } from "./watch.ts";

/** The part of a guarded fetch that a look reads; redirects were followed, each one checked. */
export type FetchForLook = (
  url: string,
  signal: AbortSignal,
) => Promise<{ status: number; body: Uint8Array }>;

/** Answers by which a server says that the content is not there: not found, gone, unavailable for legal reasons. */
const gone = new Set([404, 410, 451]);

/** Never throws for what a site does; only for `signal`. */
export async function lookAt(
  url: string,
  sha256: string,
  fetch: FetchForLook,
  signal: AbortSignal,
): Promise<Look> {
  try {
    const { status, body } = await fetch(url, signal);
    if (gone.has(status)) return { result: "missing", why: `status-${status}` };
    if (status < 200 || status > 299) return { result: "unavailable", why: `status-${status}` };
    const same = createHash("sha256").update(body).digest("hex") === sha256;
    return same ? { result: "online", why: "same-content" } : { result: "missing", why: "changed" };
  } catch (error) {
    signal.throwIfAborted();
    return { result: "unavailable", why: isWardlineError(error) ? error.code : "no-answer" };
  }
}
