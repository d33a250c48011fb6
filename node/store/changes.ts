/** Changes that are not on disk yet: made ready once, read through, then written. */
import { idOf, type Naming } from "./naming.ts";
import { encodeRecord } from "./record.ts";
import type { Collection, Operation } from "./types.ts";

export interface IndexEntry {
  readonly index: string;
  readonly key: Uint8Array;
}

/** One change with everything that disk and readers need. */
export interface Change {
  readonly collection: Collection<never>;
  readonly recordKey: Uint8Array;
  /** `recordKey` as a string. */
  readonly id: string;
  /** The record before sealing; absent: deleted. */
  readonly record?: Uint8Array;
  readonly indexEntries: readonly IndexEntry[];
  /** See `Operation`. */
  readonly added?: boolean;
}

/** The latest change of each record. */
export type Layer = Map<string, Change>;

/** Throws `store/invalid-key`, `store/invalid-value`. */
export function changeOf(naming: Naming, { collection, key, value, added = false }: Operation): Change {
  const recordKey = naming.recordKey(collection, key);
  const id = idOf(recordKey);
  if (value === undefined) return { collection, recordKey, id, indexEntries: [] };
  const record = encodeRecord(recordKey, key, value);
  return {
    collection,
    recordKey,
    id,
    record,
    indexEntries: indexEntries(naming, collection, recordKey, value),
    added,
  };
}

/** Where the indexes of a collection list this value. */
export function indexEntries(
  naming: Naming,
  collection: Collection<never>,
  recordKey: Uint8Array,
  value: unknown,
): IndexEntry[] {
  return Object.keys(collection.indexes).flatMap((index) =>
    entriesIn(naming, collection, index, recordKey, value),
  );
}

/** Where one of them lists it. Blinding costs more than all else here, so nobody asks for more than is needed. */
export function entriesIn(
  naming: Naming,
  collection: Collection<never>,
  index: string,
  recordKey: Uint8Array,
  value: unknown,
): IndexEntry[] {
  const tuples = collection.indexes[index]?.(value as never) ?? [];
  return tuples.map((tuple) => ({ index, key: naming.indexKey(collection, index, tuple, recordKey) }));
}
