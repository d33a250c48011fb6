/** Between values and what lies on disk: tuple keys, index keys, CBOR records. */
import { decode, encode, rfc8949EncodeOptions } from "cborg";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Collection, Entry } from "./collection.ts";
import { createBlinder, encodeKey, namespaceOf, type Key } from "./key.ts";

const encoding = { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true };

export interface Codec {
  primaryKey<T>(collection: Collection<T>, key: Key): Uint8Array;
  /** The index keys of a value: each ends with the value's own key, so that equal tuples stay apart. */
  indexKeys<T>(collection: Collection<T>, key: Key, value: T): Uint8Array[];
  /** The common beginning of the keys of a collection, or of one of its indexes. */
  prefix<T>(collection: Collection<T>, index: string | undefined, prefix: Key): Uint8Array;
  /** The key travels inside the value, because blinded parts cannot be read back. */
  encodeRecord<T>(key: Key, value: T): Uint8Array;
  decodeRecord<T>(record: Uint8Array): Entry<T>;
}

export function createCodec(blindingKey: Uint8Array): Codec {
  const blinder = createBlinder(blindingKey);
  const namespaces = new Map<string, Uint8Array>();

  function namespace(collection: Collection<never>, index?: string): Uint8Array {
    const name = index === undefined ? collection.name : `${collection.name} by ${index}`;
    let found = namespaces.get(name);
    if (!found) namespaces.set(name, (found = namespaceOf(blinder, name)));
    return found;
  }

  return {
    primaryKey: (collection, key) => encodeKey(blinder, namespace(collection as Collection<never>), key),
    indexKeys: (collection, key, value) =>
      Object.entries(collection.indexes).flatMap(([index, tuples]) =>
        tuples(value).map((tuple) =>
          encodeKey(blinder, namespace(collection as Collection<never>, index), [...tuple, ...key]),
        ),
      ),
    prefix(collection, index, prefix) {
      if (index !== undefined && !(index in collection.indexes)) {
        throw new WardlineError("store/no-such-index", `${collection.name} has no index "${index}".`);
      }
      return encodeKey(blinder, namespace(collection as Collection<never>, index), prefix);
    },
    encodeRecord(key, value) {
      try {
        return encode([key, value], encoding);
      } catch (cause) {
        throw new WardlineError("store/unsupported-value", "A value has a part that cannot be stored.", { cause });
      }
    },
    decodeRecord<T>(record: Uint8Array) {
      const [key, value] = decode(record) as [Key, T];
      return { key, value };
    },
  };
}
