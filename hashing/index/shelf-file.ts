/**
 * A shelf as one sealed file, written and read by its thread. The content is little-endian, as every machine is on which
 * this runs, in parts of a known length, so that opening is reading:
 *
 *     counts (8 words) · heads · extras · table (for each part: slots, count, then the slots) · the shard's own pieces
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { HashingError } from "../errors.ts";
import { openShard } from "../hamming/index.ts";
import { createRows, PAGE_ROWS, type Rows } from "./rows.ts";
import { CHUNK, HEADER, TAG, damaged, opening, sealing } from "./sealed.ts";
import { createShelf, EXTRA_WORDS, HEAD_WORDS, keyReader, type Shelf } from "./shelf.ts";
import { createEntryTable, PARTS } from "./table.ts";

export interface ShelfFile {
  readonly path: string;
  readonly secret: Uint8Array;
  /** Which file it is; bound into its seal. */
  readonly role: string;
}

const OWNER_ONLY = 0o600;
const COUNTS = 8;

/** Writes the shelf in steps; between them it may be searched, not changed. Durable when done. Error: `hashing/index-write`. */
export function* writeShelf(shelf: Shelf, { path, secret, role }: ShelfFile): Generator<void, void> {
  const unfinished = `${path}.new`;
  const { header, next } = sealing(secret, role);
  const file = writing(() => openSync(unfinished, "w", OWNER_ONLY));
  try {
    const write = (bytes: Uint8Array) => writing(() => writeFully(file, bytes));
    write(header);
    // The last chunk must be known as the last: one is always held back.
    let held: Uint8Array = new Uint8Array(0);
    for (const chunk of chunksOf(piecesOf(shelf))) {
      if (held.length > 0) {
        write(next(held, false));
        yield;
      }
      held = chunk;
    }
    write(next(held, true));
    writing(() => fsyncSync(file));
  } finally {
    closeSync(file);
  }
  writing(() => renameSync(unfinished, path));
}

/** Reads what `writeShelf` wrote. Errors: `hashing/index-damaged`, `hashing/index-version`, `hashing/out-of-memory`. */
export function readShelf(file: ShelfFile): Shelf {
  const pieces = openedChunks(file);
  try {
    return shelfFrom(pieces);
  } catch (error) {
    if (error instanceof HashingError && error.code === "hashing/shard-damaged") throw damaged(error.message);
    throw error;
  } finally {
    pieces.return();
  }
}

function* piecesOf(shelf: Shelf): Generator<Uint8Array> {
  const { heads, extras, table, extrasUsed, firstFree, entries } = shelf.parts();
  const counts = [heads.pages().length, extras.pages().length, extrasUsed, firstFree, entries];
  yield bytesOf(Uint32Array.from({ length: COUNTS }, (_, at) => counts[at] ?? 0));
  for (const page of [...heads.pages(), ...extras.pages()]) yield bytesOf(page);
  for (const { slots, count } of table.parts()) {
    yield bytesOf(Uint32Array.of(slots.length, count));
    yield bytesOf(slots);
  }
  yield* shelf.shard.save();
}

function shelfFrom(pieces: Iterator<Uint8Array, void>): Shelf {
  const reader = wordReader(pieces);
  const [headPages = 0, extraPages = 0, extrasUsed = 0, firstFree = 0, entries = 0] = reader.words(COUNTS);
  const pagesOf = (count: number, width: number) =>
    Array.from({ length: count }, () => reader.words(PAGE_ROWS * width));
  const heads: Rows = createRows(HEAD_WORDS, pagesOf(headPages, HEAD_WORDS));
  const extras: Rows = createRows(EXTRA_WORDS, pagesOf(extraPages, EXTRA_WORDS));
  const parts = Array.from({ length: PARTS }, () => {
    const [length = 0, count = 0] = reader.words(2);
    return { slots: reader.words(length), count };
  });
  const table = createEntryTable(keyReader(heads, extras), parts);
  return createShelf(openShard(reader.rest()), { heads, extras, table, extrasUsed, firstFree, entries });
}

/** Chunks of exactly the sealed size, but for the last. */
function* chunksOf(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let chunk = Buffer.alloc(CHUNK);
  let filled = 0;
  for (const piece of pieces)
    for (let at = 0; at < piece.length;) {
      const taken = piece.subarray(at, at + CHUNK - filled);
      chunk.set(taken, filled);
      at += taken.length;
      filled += taken.length;
      if (filled < CHUNK) continue;
      yield chunk;
      chunk = Buffer.alloc(CHUNK);
      filled = 0;
    }
  if (filled > 0) yield chunk.subarray(0, filled);
}

/** The verified content of a file, chunk by chunk. */
function* openedChunks({ path, secret, role }: ShelfFile): Generator<Uint8Array, void> {
  const file = opened(path);
  try {
    const { next } = opening(secret, role, readUpTo(file, HEADER));
    let chunk = readUpTo(file, CHUNK + TAG);
    for (;;) {
      const following = chunk.length === CHUNK + TAG ? readUpTo(file, CHUNK + TAG) : chunk.subarray(0, 0);
      yield next(chunk, following.length === 0);
      if (following.length === 0) return;
      chunk = following;
    }
  } finally {
    closeSync(file);
  }
}

/** Takes words off a stream of pieces. */
function wordReader(pieces: Iterator<Uint8Array, void>) {
  let left: Uint8Array = new Uint8Array(0);
  return {
    words(count: number): Uint32Array {
      const target = new Uint32Array(count);
      const bytes = bytesOf(target);
      for (let at = 0; at < bytes.length;) {
        if (left.length === 0) {
          const next = pieces.next();
          if (next.done) throw damaged("a file ends too early");
          left = next.value;
        }
        const taken = left.subarray(0, bytes.length - at);
        bytes.set(taken, at);
        at += taken.length;
        left = left.subarray(taken.length);
      }
      return target;
    },
    *rest(): Generator<Uint8Array> {
      yield left;
      for (let next = pieces.next(); !next.done; next = pieces.next()) yield next.value;
    },
  };
}

const bytesOf = (words: Uint32Array) => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw damaged("a file is missing");
    throw error;
  }
}

function readUpTo(file: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  for (let read = -1; filled < length && read !== 0; filled += read)
    read = readSync(file, bytes, filled, length - filled, null);
  return bytes.subarray(0, filled);
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function writing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw cannotWrite(error as Error);
  }
}

export const cannotWrite = (cause: Error): HashingError =>
  new HashingError(
    "hashing/index-write",
    `The match index could not be saved: ${cause.message}`,
    "Make room or repair the disk, then save again. What was saved before is still whole.",
  );
