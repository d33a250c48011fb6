/** One look at a URL: fetched through the guard and compared by hash. See `watch.ts` for what the results mean. */
import { createHash } from "node:crypto";
import { hammingDistance } from "@wardline/hashing/pdq";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Look } from "./watch.ts";

/** The part of a guarded fetch that a look reads; redirects were followed, each one checked. */
export type FetchForLook = (
  url: string,
  options: { signal: AbortSignal; accept: "page" | "media"; referrer?: string },
) => Promise<{ status: number; body: Uint8Array }>;

export interface PictureHash {
  pdq: string;
  /** 0 to 100. */
  quality: number;
}

/** How what a site serves is compared with what was found there. */
export interface Comparison {
  /** Hashes a picture in the sandbox; undefined for what cannot be decoded. */
  hash: (body: Uint8Array) => Promise<PictureHash | undefined>;
  /** Most bits that may differ in a picture that was only encoded anew. */
  distance: number;
  /** Least quality on both sides: poorer pictures hash to noise. */
  quality: number;
}

export interface LookedAt {
  url: string;
  sha256: string;
  /** Of a picture: sites encode pictures anew, and the bytes differ. */
  picture?: PictureHash;
  /** The page that shows it: many hosts deliver pictures to their own pages only. */
  foundOn?: string;
  /** The file is written into the page at `url`: only the page can be asked for, so only its absence is seen. */
  embedded?: boolean;
}

/** Answers by which a server says that the content is not there: not found, gone, unavailable for legal reasons. */
const gone = new Set([404, 410, 451]);

/** Never throws for what a site does; only for `signal`. */
export async function lookAt(
  target: LookedAt,
  fetch: FetchForLook,
  comparison: Comparison,
  signal: AbortSignal,
): Promise<Look> {
  const { url, foundOn, embedded } = target;
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
    return await compared(target, body, comparison);
  } catch (error) {
    signal.throwIfAborted();
    return { result: "unavailable", why: isWardlineError(error) ? error.code : "no-answer" };
  }
}

/** The very bytes, or the same picture: a provider that shrinks or re-encodes it has not removed it. */
async function compared({ sha256, picture }: LookedAt, body: Uint8Array, how: Comparison): Promise<Look> {
  if (createHash("sha256").update(body).digest("hex") === sha256)
    return { result: "online", why: "same-content" };
  const known = picture && picture.quality >= how.quality ? picture : undefined;
  const served = known && (await how.hash(body));
  const isNear =
    served && served.quality >= how.quality && hammingDistance(known.pdq, served.pdq) <= how.distance;
  return isNear ? { result: "online", why: "same-picture" } : { result: "missing", why: "changed" };
}
