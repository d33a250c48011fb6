/**
 * The door to whatever keeps the bytes: ordered keys, one atomic synced batch, ranges over a snapshot. LevelDB stands
 * behind it today; a table (key bytea primary key, value bytea) of PostgreSQL can. Nothing here knows of sealing.
 * Every implementation passes `tests/support/store-compliance.ts`.
 */

export type RawOperation =
  | { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: "del"; readonly key: Uint8Array };

/** Keys from `gte` up to but not including `lt`, in the order of their bytes. */
export interface RawRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface RawReader {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** One answer for each key, in the order given. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /** As they were when the first was asked for. */
  range(range: RawRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** The keys alone. */
  keys(range: RawRange): AsyncIterable<Uint8Array>;
  /** Of prefixes in the order of their bytes, those with which a key begins, by their place. */
  begun(prefixes: readonly Uint8Array[]): Promise<Set<number>>;
}

/** A frozen state; close it. */
export interface RawSnapshot extends RawReader {
  close(): Promise<void>;
}

export interface OrderedStore extends RawReader {
  /** The state as of this call. */
  snapshot(): RawSnapshot;
  /** All or nothing, and on disk once it resolves; the last operation on a key wins. */
  batch(operations: readonly RawOperation[]): Promise<void>;
  /** Waits for batches under way; afterwards everything rejects with `store/closed`. */
  close(): Promise<void>;
}
