/**
 * Where things stand on disk. A collection and each of its indexes have a prefix: a keyed hash of their names.
 *
 *     record   prefix[6] · tuple
 *     index    prefix[6] · index tuple · 00 · tuple of the record       (empty value)
 *     system   000000000000 · …                                         (see continuity.ts)
 */
import { WardlineError, concat, hex, utf8 } from "@wardline/protocol/encoding";
import { createMac } from "./mac.ts";
import { BLIND_BYTES, END, encodeTuple, tupleEnd } from "./tuple.ts";
import type { Collection, Key } from "./types.ts";

export const PREFIX_BYTES = 6;
const NAME = utf8("name ");
export const SYSTEM_PREFIX = new Uint8Array(PREFIX_BYTES);

export interface Naming {
  recordPrefix(collection: Collection<never>): Uint8Array;
  recordKey(collection: Collection<never>, key: Key): Uint8Array;
  /** @throws `store/no-such-index` */
  indexPrefix(collection: Collection<never>, index: string): Uint8Array;
  /** The tuple of an index, without its end. */
  indexTuple(collection: Collection<never>, index: string, tuple: Key): Uint8Array;
  indexKey(collection: Collection<never>, index: string, tuple: Key, recordKey: Uint8Array): Uint8Array;
  /** The key of the record that an index entry points to. */
  recordKeyIn(collection: Collection<never>, indexKey: Uint8Array): Uint8Array;
}

/** `key`: 32 bytes, for this purpose alone. */
export function createNaming(key: Uint8Array): Naming {
  const prefixes = new Map<string, Uint8Array>();
  const owners = new Map<string, string>();
  const mac = createMac(key);

  function prefixOf(name: string): Uint8Array {
    const known = prefixes.get(name);
    if (known) return known;
    const prefix = mac(NAME, utf8(name)).slice(0, PREFIX_BYTES);
    claim(prefix, name);
    prefixes.set(name, prefix);
    return prefix;
  }

  /** With 48 bits and a hundred names this never happens; if it did, two collections would mix. */
  function claim(prefix: Uint8Array, name: string): void {
    const id = hex(prefix);
    if (owners.has(id) || prefix.every((byte) => byte === 0)) {
      throw new WardlineError("store/name-collision", "Two collections have the same place on disk.");
    }
    owners.set(id, name);
  }

  const tupleIn = (prefix: Uint8Array, key: Key, head?: Uint8Array) =>
    encodeTuple(key, (value) => mac(prefix, utf8(value)).subarray(0, BLIND_BYTES), head);
  const recordPrefix = (collection: Collection<never>) => prefixOf(collection.name);
  const indexPrefix = (collection: Collection<never>, index: string) => {
    if (index in collection.indexes) return prefixOf(`${collection.name} ${index}`);
    throw new WardlineError("store/no-such-index", `${collection.name} has no index "${index}".`);
  };

  return {
    recordPrefix,
    recordKey(collection, key) {
      const prefix = recordPrefix(collection);
      return tupleIn(prefix, key, prefix);
    },
    indexPrefix,
    indexTuple: (collection, index, tuple) => tupleIn(indexPrefix(collection, index), tuple),
    indexKey(collection, index, tuple, recordKey) {
      const prefix = indexPrefix(collection, index);
      return concat(tupleIn(prefix, tuple, prefix), END, recordKey.subarray(PREFIX_BYTES));
    },
    recordKeyIn: (collection, indexKey) =>
      concat(recordPrefix(collection), indexKey.subarray(tupleEnd(indexKey, PREFIX_BYTES) + END.length)),
  };
}

/** A key as a string, for maps; also compares as its bytes do. */
export function idOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}
