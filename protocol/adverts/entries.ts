/** The records of a block as they stand on the wire, kept or erased. */
import { ByteReader, ByteWriter, hex, isWardlineError } from "../encoding/index.ts";
import { leafHash, rootOf } from "../log/index.ts";
import type { BlockHeader } from "./header.ts";
import { refused, truncated } from "./refusals.ts";
import { SALT_BYTES, commitmentOf, decodeRecord, encodeRecord, type AdvertRecord } from "./record.ts";

const ERASED = 0;
const KEPT = 1;

/** One record in its place; without `record` it was erased. */
export interface BlockEntry {
  readonly sequence: number;
  readonly commitment: Uint8Array;
  readonly kept?: { readonly salt: Uint8Array; readonly bytes: Uint8Array; readonly record: AdvertRecord };
}

export function newEntry(record: AdvertRecord, sequence: number, salt: Uint8Array): BlockEntry {
  const bytes = encodeRecord(record);
  return { sequence, commitment: commitmentOf(salt, bytes), kept: { salt, bytes, record } };
}

export function encodeEntries(entries: readonly BlockEntry[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { commitment, kept } of entries) {
    if (kept) writer.u8(KEPT).bytes(kept.salt).u16(kept.bytes.length).bytes(kept.bytes);
    else writer.u8(ERASED).bytes(commitment);
  }
  return writer.finish();
}

export function readEntries(bytes: Uint8Array, { count, firstSequence }: BlockHeader): BlockEntry[] {
  const reader = new ByteReader(bytes);
  try {
    const entries = Array.from({ length: count }, (_, index) => readEntry(reader, firstSequence + index));
    reader.end();
    return entries;
  } catch (cause) {
    if (isWardlineError(cause, "encoding/truncated")) throw truncated();
    if (isWardlineError(cause, "encoding/trailing-bytes")) {
      throw refused("trailing-bytes", "Bytes follow the block's last record.");
    }
    throw cause;
  }
}

function readEntry(reader: ByteReader, sequence: number): BlockEntry {
  const mark = reader.u8();
  if (mark === ERASED) return { sequence, commitment: reader.bytes(32) };
  if (mark !== KEPT) throw refused("malformed", "A block's entry is neither a record nor an erased one.");
  const salt = reader.bytes(SALT_BYTES);
  const bytes = reader.bytes(reader.u16());
  return {
    sequence,
    commitment: commitmentOf(salt, bytes),
    kept: { salt, bytes, record: decodeRecord(bytes) },
  };
}

export function rootOfEntries(entries: readonly BlockEntry[]): string {
  return hex(rootOf(entries.map(({ commitment }) => leafHash(commitment))));
}
