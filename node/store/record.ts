/**
 * One record before it is sealed: key length u16 · key · CBOR [value, ...blinded parts].
 *
 * The key stands inside, so that a value moved to another key or collection does not open there. Blinded parts of the key
 * are kept readable in here, and nowhere else.
 */
import { decode, encode, type EncodeOptions } from "cborg";
import { WardlineError, concat, plainCbor, readPlainCbor } from "@wardline/protocol/encoding";
import { PREFIX_BYTES } from "./naming.ts";
import { decodeTuple, isBlind } from "./tuple.ts";
import type { Key } from "./types.ts";

/** For what is rare in records, such as bigints. Authenticated bytes need no canonical form; leaving out the sorting halves the time. */
const encoding: EncodeOptions = { ignoreUndefinedProperties: true, mapSorter: undefined };
const decoding = { allowIndefinite: false, allowUndefined: false };
const LENGTH_BYTES = 2;
const LONGEST_KEY = 1024;

/** Throws `store/invalid-key`, `store/invalid-value`. */
export function encodeRecord(recordKey: Uint8Array, key: Key, value: unknown): Uint8Array {
  if (recordKey.length > LONGEST_KEY) {
    throw new WardlineError("store/invalid-key", "A key is longer than the store takes.");
  }
  const head = concat(Uint8Array.of(recordKey.length >> 8, recordKey.length & 0xff), recordKey);
  const content = [value, ...key.filter(isBlind).map((part) => part.blind)];
  try {
    return plainCbor(content, { head, sorted: false }) ?? concat(head, encode(content, encoding));
  } catch (cause) {
    throw new WardlineError("store/invalid-value", "A record has a form that cannot be stored.", { cause });
  }
}

/** Key and value, each time anew. `recordKey` says which record this must be; throws `store/damaged`. */
export function decodeRecord(record: Uint8Array, recordKey: Uint8Array): { key: Key; value: unknown } {
  const length = ((record[0] ?? 0) << 8) | (record[1] ?? 0);
  const inside = record.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  if (Buffer.compare(inside, recordKey) !== 0) throw damagedRecord();
  const encoded = record.subarray(LENGTH_BYTES + length);
  const content: unknown = readPlainCbor(encoded, { sorted: false }) ?? decode(encoded, decoding);
  if (!Array.isArray(content)) throw damagedRecord();
  const [value, ...blinded] = content as [unknown, ...string[]];
  return { key: decodeTuple(recordKey.subarray(PREFIX_BYTES), blinded), value };
}

export function damagedRecord(): WardlineError {
  return new WardlineError("store/damaged", "A record on disk was altered, moved or lost.", {
    advice:
      "Stop the node and copy the data folder before anything else; then restore the store from a backup.",
  });
}
