/**
 * Tuples as bytes whose order is the tuples' order, part by part; a tuple sorts before its own continuations.
 *
 *     number   10 · 8 bytes: IEEE 754, sign flipped for positives, all bits for negatives
 *     string   20 · UTF-8 with 00 written as 00 FF · 00
 *     blinded  30 · 16 bytes
 *     end      00 (after an index tuple only, where the record's own key follows)
 */
import { WardlineError, text, utf8 } from "@wardline/protocol/encoding";
import type { Blind, Key, KeyPart } from "./types.ts";

const TAG = { end: 0x00, number: 0x10, string: 0x20, blind: 0x30 } as const;
const ESCAPE = 0xff;
export const BLIND_BYTES = 16;
export const END = Uint8Array.of(TAG.end);

/** Turns what is blinded into its 16 bytes. */
export type Blinder = (value: string) => Uint8Array;

/** Every tuple is put together here: a list that grows byte by byte costs ten times as much. Stays as large as the largest. */
let scratch = new Uint8Array(1024);
let view = new DataView(scratch.buffer);
let length = 0;

/** The bytes of a tuple, without an end, behind `head`. Throws `store/invalid-key`. */
export function encodeTuple(key: Key, blinder: Blinder, head: Uint8Array = NOTHING): Uint8Array {
  length = 0;
  append(head);
  for (const part of key) encodePart(part, blinder);
  return scratch.slice(0, length);
}

const NOTHING = new Uint8Array(0);

function encodePart(part: KeyPart, blinder: Blinder): void {
  if (typeof part === "number") return encodeNumber(part);
  if (typeof part === "string") return encodeString(part);
  room(1)[length++] = TAG.blind;
  append(blinder(part.blind));
}

function encodeNumber(value: number): void {
  if (!Number.isFinite(value)) throw invalid("is not a finite number");
  room(9)[length++] = TAG.number;
  view.setFloat64(length, value === 0 ? 0 : value);
  const high = scratch[length] ?? 0;
  const flip = high >= 0x80 ? 0xff : 0;
  scratch[length++] = high ^ (flip || 0x80);
  for (let at = 1; at < 8; at++) scratch[length++] = (scratch[length - 1] ?? 0) ^ flip;
}

function encodeString(value: string): void {
  if (!value.isWellFormed()) throw invalid("is not well-formed text");
  const bytes = utf8(value);
  room(2 * bytes.length + 2)[length++] = TAG.string;
  for (const byte of bytes) {
    scratch[length++] = byte;
    if (byte === 0) scratch[length++] = ESCAPE;
  }
  scratch[length++] = 0;
}

function append(bytes: Uint8Array): void {
  room(bytes.length).set(bytes, length);
  length += bytes.length;
}

/** The scratch, with room for so many bytes more. */
function room(more: number): Uint8Array {
  if (length + more <= scratch.length) return scratch;
  const larger = new Uint8Array(2 * (length + more));
  larger.set(scratch.subarray(0, length));
  scratch = larger;
  view = new DataView(larger.buffer);
  return scratch;
}

/** Where the tuple that starts at `from` ends (at its end tag, or with the bytes). */
export function tupleEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== TAG.end) at = partEnd(bytes, at);
  if (at > bytes.length) throw damagedKey();
  return at;
}

function partEnd(bytes: Uint8Array, from: number): number {
  const tag = bytes[from];
  if (tag === TAG.number) return from + 9;
  if (tag === TAG.blind) return from + 1 + BLIND_BYTES;
  if (tag !== TAG.string) throw damagedKey();
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] !== 0) continue;
    if (bytes[at + 1] !== ESCAPE) return at + 1;
    at++;
  }
  throw damagedKey();
}

/** The tuple again; what was blinded is taken from `blinded`, in order. */
export function decodeTuple(bytes: Uint8Array, blinded: readonly string[]): Key {
  const key: KeyPart[] = [];
  let used = 0;
  for (let at = 0; at < bytes.length;) {
    const end = partEnd(bytes, at);
    const tag = bytes[at];
    if (end > bytes.length) throw damagedKey();
    if (tag === TAG.number) key.push(decodeNumber(bytes, at + 1));
    else if (tag === TAG.string) key.push(decodeString(bytes.subarray(at + 1, end - 1)));
    else key.push({ blind: blinded[used++] ?? "" });
    at = end;
  }
  return key;
}

function decodeNumber(bytes: Uint8Array, from: number): number {
  const high = bytes[from] ?? 0;
  const flip = high >= 0x80 ? 0 : 0xff;
  const number = new DataView(new ArrayBuffer(8));
  number.setUint8(0, high ^ (flip || 0x80));
  for (let at = 1; at < 8; at++) number.setUint8(at, (bytes[from + at] ?? 0) ^ flip);
  return number.getFloat64(0);
}

function decodeString(bytes: Uint8Array): string {
  if (!bytes.includes(0)) return text(bytes);
  return text(bytes.filter((byte, at) => !(byte === ESCAPE && bytes[at - 1] === 0)));
}

/** The first bytes behind everything that begins with `prefix`, which is not empty and not all FF. */
export function behind(prefix: Uint8Array): Uint8Array {
  let last = prefix.length - 1;
  while (prefix[last] === 0xff) last--;
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] ?? 0) + 1;
  return end;
}

export function isBlind(part: KeyPart): part is Blind {
  return typeof part === "object";
}

function invalid(what: string): WardlineError {
  return new WardlineError("store/invalid-key", `A part of a key ${what}.`);
}

function damagedKey(): WardlineError {
  return new WardlineError("store/damaged", "A key on disk is damaged.", {
    advice: "Stop the node, copy the data folder, and restore the store from a backup.",
  });
}
