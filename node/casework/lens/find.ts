/** From the hash that a person has to the files it may mean. Looked up in what is held here: no peer learns what is asked. */
import type { Advert } from "../../federation/index.ts";
import type { Reader } from "../../store/index.ts";
import type { Context } from "../context.ts";

/** A file that members advertised, and all they said of it. */
export interface AdvertisedFile {
  readonly sha256: string;
  readonly adverts: readonly Advert[];
  /** Bits between the picture and the PDQ hash asked for. */
  readonly distance?: number;
}

/** Files of one answer: a page that a person can read. */
const MOST_FILES = 50;
const MOST_NEAR = 200;

/**
 * Files with this SHA-256, SHA-1 or MD5; 64 digits may also be a PDQ hash, so pictures that look like it follow, the
 * nearest first.
 */
export async function findFiles(context: Context, reader: Reader, hash: string): Promise<AdvertisedFile[]> {
  const equal = await context.federation.adverts(reader, hash);
  const files = new Map<string, number | undefined>();
  for (const { record } of equal) files.set(record.digests.sha256, undefined);
  for (const { sha256, distance } of await picturesLike(context, reader, hash))
    if (!files.has(sha256)) files.set(sha256, distance);
  const first = [...files].slice(0, MOST_FILES);
  return Promise.all(
    first.map(async ([sha256, distance]) => ({
      sha256,
      // Of a file found by a weaker digest, all is shown that is said of its SHA-256.
      adverts: await context.federation.adverts(reader, sha256),
      ...(distance !== undefined && { distance }),
    })),
  );
}

async function picturesLike(context: Context, reader: Reader, hash: string) {
  const found: { sha256: string; distance: number }[] = [];
  if (hash.length !== 64) return found;
  for (const { member, record, distance } of await context.near.around(hash, MOST_NEAR)) {
    const advert = await context.federation.advert(reader, member, record);
    // The index may be a moment behind.
    if (advert) found.push({ sha256: advert.record.digests.sha256, distance });
  }
  return found;
}
