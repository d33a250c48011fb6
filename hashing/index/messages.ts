/** What travels between the index and its threads: few messages, with many entries or queries each, as arrays of numbers. */
import type { ShelfFile } from "./shelf-file.ts";
import type { Rules } from "./rules.ts";

/** Queries asked together. Those that share rules name them by number. */
interface Asked {
  /** For each query, which of `rules`. */
  readonly views: Uint16Array;
  readonly rules: readonly Rules[];
  readonly limit: number;
}

export interface HashesAsked extends Asked {
  /** 8 words for each hash, the queries' one after another. */
  readonly hashes: Uint32Array;
  /** For each query, how many hashes are its own: 0, 1, or 8 turns. */
  readonly turns: Uint8Array;
  readonly qualities: Uint8Array;
}

export interface DigestsAsked extends Asked {
  readonly digests: PackedDigests;
  /** For each digest, which query it belongs to. */
  readonly owners: Uint32Array;
}

/** Digests one after another; the kind, an index of `digestKinds`, tells the length. */
export interface PackedDigests {
  readonly kinds: Uint8Array;
  readonly bytes: Uint8Array;
}

export const digestKinds = ["sha256", "sha1", "md5"] as const;
export const digestLengths = [32, 20, 16] as const;

/** Answers to queries asked together, one after another. Hits are described in `search.ts`. */
export interface Found {
  /** For each query `DISTANCES` counts of hashes by distance; of digests by kind. */
  readonly counts: Uint32Array;
  readonly hits: Uint32Array;
  /** For each query, how many of the hits are its own. */
  readonly hitCounts: Uint32Array;
  /** For each query the known-good hit, or zeros with `NO_HIT` in the last word. */
  readonly good: Uint32Array;
  /** For each query, 1 when more was near than is counted. */
  readonly cut: Uint8Array;
}

export const NO_HIT = 0xffffffff;

/** In `operations`: FORGET, list, low, high; or PUT, the three facts, and the eight words of the hash. */
export const FORGET = 0;
export const PUT = 1;

/** What one more hash takes at most, with entry and slack: the first million hashes take most. */
export const BYTES_PER_HASH = 320;

/** The shards of one thread, each at its place. */
export interface ShardState {
  readonly hashes: number;
  readonly entries: number;
  readonly bytes: number;
}

export type ShardRequest =
  | { readonly kind: "match"; readonly asked: HashesAsked }
  /** For each shard of the thread. */
  | { readonly kind: "write"; readonly operations: readonly Uint32Array[]; readonly how: How }
  | { readonly kind: "begin" }
  | { readonly kind: "end" }
  | { readonly kind: "save"; readonly files: readonly ShelfFile[] }
  | { readonly kind: "compact" };

export type DigestRequest =
  | { readonly kind: "match"; readonly asked: DigestsAsked }
  /** `facts`: three words for each digest. */
  | {
      readonly kind: "write";
      readonly digests: PackedDigests;
      readonly facts: Uint32Array;
      readonly how: How;
    }
  | { readonly kind: "begin" }
  | { readonly kind: "end" }
  | { readonly kind: "compact" }
  | { readonly kind: "close" };

/** `build` goes into the build that was begun, when there is one. */
export type How = "add" | "build" | "remove";

export interface ShardThreadData {
  readonly shards: readonly { readonly capacity: number; readonly file?: ShelfFile | undefined }[];
}

export interface DigestThreadData {
  readonly folder: string;
  readonly key: Uint8Array;
}

export interface Envelope<Request> {
  readonly id: number;
  readonly request: Request;
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { code: string; message: string; advice?: string | undefined } };
