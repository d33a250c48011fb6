/**
 * The pieces of a snapshot: piece n holds what is left of the records with the sequences 256·n to 256·n + 255: those in
 * force, and those that their author took back. What was replaced, and the withdrawals themselves, left nothing.
 *
 *     piece = entry · entry · …                                                         in the order of sequences
 *     entry = offset u8 · 01 · salt[16] · length u16 · record                           in force
 *           | offset u8 · 02 · salt[16] · length u16 · record · height u64 · time u64   withdrawn, by that block
 *
 * Old pieces stay as they are while a feed grows. A digest commits to the record's commitment, not to the record.
 */
import { ByteReader, ByteWriter, isWardlineError } from "../encoding/index.ts";
import { leafHash, rootOf } from "../log/index.ts";
import { SALT_BYTES, commitmentOf } from "./record.ts";
import { refused } from "./refusals.ts";

/** Sequences of one piece: with records of the largest size it still fits into one answer. */
export const PIECE_SEQUENCES = 256;

const IN_FORCE = 1;
const WITHDRAWN = 2;

export interface PieceEntry {
  /** In the feed. */
  readonly sequence: number;
  readonly salt: Uint8Array;
  /** As it stands in its block. */
  readonly bytes: Uint8Array;
  /** The block that took it back: its height and time. */
  readonly withdrawn?: { readonly height: number; readonly at: number };
}

/** Which piece a record is in. */
export const pieceOf = (sequence: number): number => Math.floor(sequence / PIECE_SEQUENCES);

/** `entries`: those of one piece, in the order of their sequences. */
export function encodePiece(entries: readonly PieceEntry[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { sequence, salt, bytes, withdrawn } of entries) {
    writer.u8(sequence % PIECE_SEQUENCES).u8(withdrawn ? WITHDRAWN : IN_FORCE);
    writer.bytes(salt).u16(bytes.length).bytes(bytes);
    if (withdrawn) writer.u64(withdrawn.height).u64(withdrawn.at);
  }
  return writer.finish();
}

/** What stands for a piece in its snapshot: the RFC 6962 root over its entries, each by its record's commitment. */
export function pieceDigest(entries: readonly PieceEntry[]): Uint8Array {
  return rootOf(entries.map((entry) => leafHash(leafOf(entry))));
}

function leafOf({ sequence, salt, bytes, withdrawn }: PieceEntry): Uint8Array {
  const writer = new ByteWriter().u8(sequence % PIECE_SEQUENCES).u8(withdrawn ? WITHDRAWN : IN_FORCE);
  writer.bytes(commitmentOf(salt, bytes));
  if (withdrawn) writer.u64(withdrawn.height).u64(withdrawn.at);
  return writer.finish();
}

/** The entries of piece `number`; the records are not looked into. Throws `advert/snapshot-piece`. */
export function readPiece(bytes: Uint8Array, number: number): PieceEntry[] {
  const reader = new ByteReader(bytes);
  const entries: PieceEntry[] = [];
  try {
    for (let least = 0; reader.remaining > 0;) {
      const offset = reader.u8();
      if (offset < least) throw wrongPiece();
      least = offset + 1;
      entries.push(readEntry(reader, number * PIECE_SEQUENCES + offset));
    }
  } catch (error) {
    if (isWardlineError(error, "encoding/")) throw wrongPiece();
    throw error;
  }
  return entries;
}

function readEntry(reader: ByteReader, sequence: number): PieceEntry {
  const state = reader.u8();
  const salt = reader.bytes(SALT_BYTES);
  const bytes = reader.bytes(reader.u16());
  if (state === IN_FORCE) return { sequence, salt, bytes };
  if (state !== WITHDRAWN) throw wrongPiece();
  return { sequence, salt, bytes, withdrawn: { height: reader.u64(), at: reader.u64() } };
}

export const wrongPiece = () =>
  refused("snapshot-piece", "A piece is not the one that the snapshot's author committed to.");
