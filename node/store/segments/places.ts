/**
 * What the database keeps about segments, in the same batch as everything else. Numbers are big-endian.
 *
 *     record's key               →  pointer: ff · segment u32 · offset u64 · length u32
 *     own · 70 · segment · offset → position: CRC-32 u32 · length u32 · record's key, for each value ever appended
 *     own · 73 · segment          → end of the segment, u64: everything before it is on disk
 *
 * The positions of a segment follow one another without a gap from 0 to its end. So a position that was lost is noticed
 * before anybody takes the value there for one that nobody needs.
 */
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter, concat, equalBytes } from "@wardline/protocol/encoding";
import { damagedRecord } from "../record.ts";

/** Keys that begin like this are the segments' own: behind everything that a store is asked for. */
export const OWN_PREFIX = new Uint8Array(8).fill(0xff);

const POINTER = 0xff;
const POINTER_BYTES = 17;
const KIND = { position: 0x70, segment: 0x73 } as const;

/** Where a value lies. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** A value that once was appended to a segment, and for which key. */
export interface Position extends Place {
  readonly key: Uint8Array;
}

export function encodePointer({ segment, offset, length }: Place): Uint8Array {
  return new ByteWriter().u8(POINTER).u32(segment).u64(offset).u32(length).finish();
}

/** Whether a value of the database is a pointer; a value that only looks like one is never kept inline. */
export function isPointer(value: Uint8Array): boolean {
  return value.length === POINTER_BYTES && value[0] === POINTER;
}

export function decodePointer(pointer: Uint8Array): Place {
  const reader = new ByteReader(pointer.subarray(1));
  return { segment: reader.u32(), offset: readOffset(reader), length: reader.u32() };
}

export function positionKey({ segment, offset }: Omit<Place, "length">): Uint8Array {
  return new ByteWriter().bytes(OWN_PREFIX).u8(KIND.position).u32(segment).u64(offset).finish();
}

export function encodePosition(key: Uint8Array, { length }: Place): Uint8Array {
  const content = new ByteWriter().u32(length).bytes(key).finish();
  return new ByteWriter().u32(crc32(content)).bytes(content).finish();
}

/** @throws `store/damaged` */
export function decodePosition(at: Uint8Array, value: Uint8Array): Position {
  const place = new ByteReader(at.subarray(OWN_PREFIX.length + 1));
  const content = value.subarray(4);
  if (value.length < 8 || new ByteReader(value).u32() !== crc32(content)) throw damagedRecord();
  return {
    segment: place.u32(),
    offset: readOffset(place),
    length: new ByteReader(content).u32(),
    key: content.subarray(4),
  };
}

/** All positions of one segment, in order. */
export function positionsIn(segment: number): { gte: Uint8Array; lt: Uint8Array } {
  return { gte: positionKey({ segment, offset: 0 }), lt: positionKey({ segment: segment + 1, offset: 0 }) };
}

export function segmentKey(segment: number): Uint8Array {
  return new ByteWriter().bytes(OWN_PREFIX).u8(KIND.segment).u32(segment).finish();
}

/** All segments, in order. */
export const allSegments = { gte: segmentKey(0), lt: concat(OWN_PREFIX, Uint8Array.of(KIND.segment + 1)) };

export function encodeEnd(end: number): Uint8Array {
  return new ByteWriter().u64(end).finish();
}

/** Number and end of a segment. @throws `store/damaged` */
export function decodeEnd(key: Uint8Array, value: Uint8Array): [segment: number, end: number] {
  const segment = new ByteReader(key.subarray(OWN_PREFIX.length + 1)).u32();
  if (!equalBytes(key, segmentKey(segment)) || value.length !== 8) throw damagedRecord();
  return [segment, readOffset(new ByteReader(value))];
}

/** A number too large to be one is damage, too. */
function readOffset(reader: ByteReader): number {
  try {
    return reader.u64();
  } catch {
    throw damagedRecord();
  }
}
