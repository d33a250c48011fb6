/** Plain patterns, and the secrets of one message. */
import { utf8 } from "@wardline/protocol/encoding";
import type { SealingOptions } from "@wardline/protocol/material";

export const secrets: SealingOptions = {
  key: Uint8Array.from({ length: 32 }, (_, at) => at),
  salt: Uint8Array.from({ length: 24 }, (_, at) => 255 - at),
  context: utf8("a test"),
};

export function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + Math.floor(at / 251)) % 256);
}

/** Bytes as a stream of pieces of the given lengths, over and over. */
export function* inPieces(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** A reader of bytes in memory, as vault and files offer it. */
export function reader(bytes: Uint8Array) {
  return (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length));
}
