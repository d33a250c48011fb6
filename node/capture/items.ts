/** One picture of a capture: decoded in the sandbox, its original and its preview sealed; or refused by name. */
import { createHash } from "node:crypto";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Decoded, Decoder } from "../decode/index.ts";
import type { Vault } from "../vault/index.ts";
import { refuse } from "./errors.ts";

export interface Place {
  /** The picture's own URL; for one written into a page, `data:` with its digest, which cannot be fetched again. */
  url: string;
  /** The page that shows it or links to it. */
  foundOn: string;
}

export interface CapturedItem extends Place {
  /** Everywhere it was found in this capture, the first place first. */
  places: Place[];
  mime: string;
  bytes: number;
  width: number;
  height: number;
  digests: Decoded["digests"];
  pdq: Decoded["pdq"];
  /** Vault ids. */
  original: string;
  preview: string;
}

export interface RefusedItem extends Place {
  code: string;
  message: string;
  /** Of the file, when it was received whole. */
  sha256?: string;
  bytes: number;
}

export interface Collection {
  /** Takes in the file found at a place. Throws only for what is wrong here: the sandbox, the vault. */
  take(position: number, place: Place, bytes: Uint8Array): Promise<void>;
  /** Another place of a URL that was, or will be, taken in. */
  seenAgain(place: Place): void;
  refuse(position: number, place: Place, error: unknown, file?: { sha256: string; bytes: number }): void;
  /** In the order of their positions. */
  items(): CapturedItem[];
  refused(): RefusedItem[];
}

export interface Keeping {
  decoder: Pick<Decoder, "decode">;
  vault: Pick<Vault, "put">;
}

type Found<T> = { position: number; value: T };

/** Collects the pictures of one capture; the same bytes at several places are one item. */
export function createCollection({ decoder, vault }: Keeping): Collection {
  const bySha256 = new Map<string, Promise<Found<CapturedItem> | { error: unknown }>>();
  const refused: Found<RefusedItem>[] = [];
  const kept: Found<CapturedItem>[] = [];
  const again: Place[] = [];

  const keep = async (position: number, place: Place, bytes: Uint8Array, sha256: string) => {
    const { preview, ...findings } = await decoder.decode(bytes);
    if (findings.digests.sha256 !== sha256) throw refuse("digest-mismatch");
    const [original, shown] = [await vault.put(bytes), await vault.put(preview)];
    const value = {
      ...place,
      places: [place],
      bytes: bytes.length,
      ...findings,
      original: original.id,
      preview: shown.id,
    };
    const found = { position, value };
    kept.push(found);
    return found;
  };
  const collection: Collection = {
    async take(position, place, bytes) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const before = bySha256.get(sha256);
      const work = before ?? keep(position, place, bytes, sha256).catch((error: unknown) => ({ error }));
      bySha256.set(sha256, work);
      const outcome = await work;
      if ("error" in outcome)
        return collection.refuse(position, place, outcome.error, { sha256, bytes: bytes.length });
      if (before !== undefined) addPlace(outcome, position, place);
    },
    refuse(position, place, error, file = { sha256: "", bytes: 0 }) {
      if (!isAboutTheFile(error)) throw error;
      const { code, message } = error;
      const { sha256, bytes } = file;
      refused.push({ position, value: { ...place, code, message, bytes, ...(sha256 && { sha256 }) } });
    },
    seenAgain: (place) => void again.push(place),
    items() {
      const items = inOrder(kept);
      const byUrl = new Map(items.flatMap((item) => item.places.map(({ url }) => [url, item] as const)));
      for (const place of again.splice(0)) byUrl.get(place.url)?.places.push(place);
      return items;
    },
    refused: () => inOrder(refused),
  };
  return collection;
}

/** Fetches run side by side, so an earlier place may be seen later. */
function addPlace(found: Found<CapturedItem>, position: number, place: Place): void {
  const { value } = found;
  if (position > found.position) return void value.places.push(place);
  found.position = position;
  value.places.unshift(place);
  Object.assign(value, place);
}

const inOrder = <T>(found: Found<T>[]) =>
  [...found].sort((a, b) => a.position - b.position).map(({ value }) => value);

/** A refusal says something about the file or its server; anything else is wrong with this node, and ends the capture. */
function isAboutTheFile(error: unknown): error is Error & { code: string } {
  const own = ["decode/no-sandbox", "decode/closed"];
  if (!isWardlineError(error) || own.includes(error.code)) return false;
  return error.code.startsWith("capture/") || error.code.startsWith("decode/");
}
