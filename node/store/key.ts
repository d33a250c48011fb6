/**
 * Keys: ordered tuples of strings, integers and blinded values, as bytes that sort like the tuples.
 *
 * namespace[8] · part …    a string: 02 · UTF-8 with 00 written as 00 ff · 00 00
 *                          an integer: 01 · u64 (value + 2^53)
 *                          a blinded value: 03 · HMAC-SHA-256(namespace · value)[16]
 *
 * Key bytes lie open on the disk. A part that would reveal something (an address, a hash, a name) is blinded; namespaces
 * are keyed too, so that not even the names of collections are there.
 */
import { createHmac } from "node:crypto";
import { concat, utf8, WardlineError } from "@wardline/protocol/encoding";

/** A value that may be looked up by equality but must not be read off the disk. */
export interface Blind {
  readonly blind: string;
}
export type KeyPart = string | number | Blind;
export type Key = readonly KeyPart[];

export const blind = (value: string): Blind => ({ blind: value });

export type Blinder = (text: Uint8Array) => Uint8Array;
export const createBlinder =
  (key: Uint8Array): Blinder =>
  (text) =>
    createHmac("sha256", key).update(text).digest();

const STRING = 2;
const INTEGER = 1;
const BLIND = 3;

/** The 8 bytes under which one collection, or one of its indexes, lives. */
export function namespaceOf(blinder: Blinder, name: string): Uint8Array {
  return blinder(utf8(`namespace ${name}`)).subarray(0, 8);
}

/** @throws `store/invalid-key` for a part that is no string, safe integer or blinded value. */
export function encodeKey(blinder: Blinder, namespace: Uint8Array, key: Key): Uint8Array {
  return concat(namespace, ...key.map((part) => encodePart(blinder, namespace, part)));
}

/** The end of the range of all keys that begin with `prefix`. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array {
  return concat(prefix, Uint8Array.of(0xff));
}

function encodePart(blinder: Blinder, namespace: Uint8Array, part: KeyPart): Uint8Array {
  if (typeof part === "string") return encodeString(part);
  if (typeof part === "number") return encodeInteger(part);
  return concat(Uint8Array.of(BLIND), blinder(concat(namespace, utf8(part.blind))).subarray(0, 16));
}

function encodeInteger(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new WardlineError("store/invalid-key", `${value} is no safe integer.`);
  const bytes = new Uint8Array(9);
  bytes[0] = INTEGER;
  new DataView(bytes.buffer).setBigUint64(1, BigInt(value) + 2n ** 53n);
  return bytes;
}

function encodeString(value: string): Uint8Array {
  const bytes = utf8(value);
  const zeros = bytes.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  const encoded = new Uint8Array(bytes.length + zeros + 3);
  encoded[0] = STRING;
  let at = 1;
  for (const byte of bytes) {
    encoded[at++] = byte;
    if (byte === 0) encoded[at++] = 0xff;
  }
  return encoded;
}
