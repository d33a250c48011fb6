/**
 * LevelDB's log format, in which its logs and its manifest are written: blocks of 32 KiB with records of
 * crc u32 · length u16 · type u8 · payload (little-endian), a longer record in several pieces.
 */
import { concat } from "@wardline/protocol/encoding";
import { crc32c, masked } from "./crc32c.ts";
import { damagedFile } from "./damage.ts";

const BLOCK = 32_768;
const HEAD = 7;
const PIECE = { full: 1, first: 2, middle: 3, last: 4 } as const;

/**
 * The records of a log, whole ones only. What was being written when the machine stopped may be cut off at the end; anything
 * broken before a record that is whole is damage.
 * @throws `store/damaged`
 */
export function logRecords(bytes: Uint8Array, name: string): Uint8Array[] {
  const records: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (BLOCK - (at % BLOCK) < HEAD) {
      at += BLOCK - (at % BLOCK);
      continue;
    }
    const piece = pieceAt(bytes, at);
    if (!piece) {
      if (anyPieceBehind(bytes, at)) throw damagedFile(name);
      return records;
    }
    const begins = piece.type === PIECE.full || piece.type === PIECE.first;
    if (begins !== (pieces.length === 0)) throw damagedFile(name);
    pieces.push(piece.payload);
    if (piece.type === PIECE.full || piece.type === PIECE.last) {
      records.push(concat(...pieces));
      pieces = [];
    }
    at = piece.end;
  }
  return records;
}

interface Piece {
  readonly type: number;
  readonly payload: Uint8Array;
  readonly end: number;
}

/** The piece that starts here, if one that is whole does. */
function pieceAt(bytes: Uint8Array, at: number): Piece | undefined {
  if (at + HEAD > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEAD);
  const type = view.getUint8(6);
  const end = at + HEAD + view.getUint16(4, true);
  const blockEnd = at - (at % BLOCK) + BLOCK;
  if (type < PIECE.full || type > PIECE.last || end > bytes.length || end > blockEnd) return undefined;
  if (masked(crc32c(bytes.subarray(at + HEAD - 1, end))) !== view.getUint32(0, true)) return undefined;
  return { type, payload: bytes.subarray(at + HEAD, end), end };
}

/** Whether anything whole follows: anywhere in this block, since lengths may be wrong, or at the start of a later one. */
function anyPieceBehind(bytes: Uint8Array, at: number): boolean {
  const blockEnd = Math.min(bytes.length, at - (at % BLOCK) + BLOCK);
  for (let next = at + 1; next < blockEnd; next++) if (pieceAt(bytes, next)) return true;
  for (let next = blockEnd; next < bytes.length; next += BLOCK) if (pieceAt(bytes, next)) return true;
  return false;
}
