/**
 * The small interface behind which any ordered key-value store can stand: the embedded one here, PostgreSQL later.
 * Every implementation passes `tests/support/store-compliance.ts`.
 */
export type Operation =
  | { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: "delete"; readonly key: Uint8Array };

/** Keys from `gte` up to but not including `lt`, in the order of their bytes. */
export interface Range {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface OrderedStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** One answer for each key, in the order given. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /** All or nothing, and on disk once it resolves; the last operation on a key wins. */
  batch(operations: readonly Operation[]): Promise<void>;
  /** Over a snapshot taken when iteration begins. */
  range(range: Range): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  close(): Promise<void>;
}
