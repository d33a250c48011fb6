/** What the exact index takes and gives. */

export type DigestKind = "sha256" | "sha1" | "md5";

export interface DigestQuery {
  readonly kind: DigestKind;
  /** The raw digest: 32, 20 or 16 bytes. */
  readonly digest: Uint8Array;
}

/** A digest with 16 bytes that its caller understands. The same digest may stand with several records. */
export interface ExactEntry extends DigestQuery {
  readonly record: Uint8Array;
}

export interface ExactIndexOptions {
  /** The folder is the index's alone; it is made when it is not there. One process opens it at a time. */
  readonly folder: string;
  /** 32 secret bytes. Without them the folder tells nothing but its size. */
  readonly key: Uint8Array;
  /**
   * Bytes for entries that are in no sorted file yet, and again for sorting them. Beside it the index holds 4 bytes for
   * each 127 entries. Default 64 MiB: 100 million entries are then sorted in some 120 pieces, which is one merge.
   */
  readonly memory?: number;
}

/**
 * A set of entries: adding one twice, or removing one that is not there, changes nothing.
 *
 * Errors of all calls: `hashing/digest-length`, `hashing/record-length`; `hashing/index-damaged` when a byte on the disk
 * is not what was written (build it again from its source); `hashing/index-closed`; `hashing/index-write` when the disk
 * refused a write: what was not acknowledged may be lost, and the index takes nothing more until it is opened again.
 */
export interface ExactIndex {
  /** Rows on disk and in memory. Exact after `compact`; until then removals and repetitions count too. */
  readonly rows: number;
  /** Look-ups see the entry at once; the promise is kept when it is on the disk. Calls made together share one write. */
  add(kind: DigestKind, digest: Uint8Array, record: Uint8Array): Promise<void>;
  /** Takes away this record of the digest; others of the same digest stay. Promise as with `add`. */
  remove(kind: DigestKind, digest: Uint8Array, record: Uint8Array): Promise<void>;
  /** The records of a digest, ordered by their bytes. */
  find(kind: DigestKind, digest: Uint8Array): Promise<Uint8Array[]>;
  /** One answer for each query, in their order. */
  findBatch(queries: readonly DigestQuery[]): Promise<Uint8Array[][]>;
  /**
   * Replaces the whole content at once when everything was read and sorted; until then look-ups answer from the old one.
   * What is added or removed meanwhile counts on top of the new content. Entries come in batches of the caller's
   * size (some thousands), since a promise for each of 100 million would cost more than sorting them.
   * When the iterable throws, the old content stays.
   */
  build(batches: AsyncIterable<readonly ExactEntry[]> | Iterable<readonly ExactEntry[]>): Promise<void>;
  /** Merges everything into one sorted file: the fewest reads for each look-up. It goes on without it too, in parts. */
  compact(): Promise<void>;
  /** Reads every byte again. Error: `hashing/index-damaged`. Otherwise damage is seen by the look-up that meets it. */
  verify(): Promise<void>;
  /** Waits for what was added; unfinished merging is dropped, and done at the next opening. */
  close(): Promise<void>;
}
