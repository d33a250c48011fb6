/**
 * One look at a URL: fetched through the guard and compared by hash, whatever its size. See `watch.ts` for what the results
 * mean.
 */
import { createHash } from "node:crypto";
import { hammingDistance } from "@wardline/hashing/pdq";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Look } from "./watch.ts";

/** The part of a guarded fetch that a look reads; redirects were followed, each one checked. */
export type FetchForLook = (
  url: string,
  options: {
    signal: AbortSignal;
    accept: "page" | "media";
    referrer?: string;
    headers?: SiteHeaders;
    most: number;
    into: (head: unknown, content: AsyncIterable<Uint8Array>) => Promise<Uint8Array>;
  },
) => Promise<{ status: number; body: Uint8Array }>;

/** What a reporter gave to get in: headers for a request to this address. */
export type SiteHeaders = (url: URL) => Record<string, string>;

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
  /** Most bytes of any file, and of one that may be a picture and is held in memory. */
  largest: number;
  largestPicture: number;
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
  headers?: SiteHeaders,
): Promise<Look> {
  const { url, foundOn, embedded } = target;
  const content = digested(comparison.largestPicture);
  try {
    const { status, body } = await fetch(url, {
      signal,
      accept: embedded ? "page" : "media",
      ...(foundOn !== undefined && { referrer: foundOn }),
      ...(headers && { headers }),
      most: comparison.largest,
      into: content.into,
    });
    if (gone.has(status)) return { result: "missing", why: `status-${status}` };
    if (status < 200 || status > 299) return { result: "unavailable", why: `status-${status}` };
    if (embedded) return { result: "online", why: "page-answers" };
    if (content.sha256() === target.sha256) return { result: "online", why: "same-content" };
    return await compared(target, body, comparison);
  } catch (error) {
    signal.throwIfAborted();
    return { result: "unavailable", why: isWardlineError(error) ? error.code : "no-answer" };
  }
}

/** The digest of content of any size; its bytes only where they are few enough for a picture. */
function digested(most: number) {
  const digest = createHash("sha256");
  return {
    async into(_: unknown, content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
      const kept: Uint8Array[] = [];
      let bytes = 0;
      for await (const piece of content) {
        digest.update(piece);
        bytes += piece.length;
        if (bytes <= most) kept.push(piece);
        else kept.length = 0;
      }
      return Buffer.concat(kept);
    },
    sha256: () => digest.digest("hex"),
  };
}

/** Other bytes may be the same picture: a provider that shrinks or re-encodes it has not removed it. */
async function compared({ picture }: LookedAt, body: Uint8Array, how: Comparison): Promise<Look> {
  const known = body.length > 0 && picture && picture.quality >= how.quality ? picture : undefined;
  const served = known && (await how.hash(body));
  const isNear =
    served && served.quality >= how.quality && hammingDistance(known.pdq, served.pdq) <= how.distance;
  return isNear ? { result: "online", why: "same-picture" } : { result: "missing", why: "changed" };
}
