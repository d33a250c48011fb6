/**
 * Rows: the unit of everything below. A row is eight 32-bit words, four of the blinded digest and four of the record,
 * with a mark whether it says that the record was removed.
 *
 * Rows are ordered by their words as numbers, first word first. Any order would do, since blinded digests are
 * pseudorandom; this one needs no look at single bytes. The words have the machine's byte order, which is little-endian
 * wherever Node runs in practice.
 */

/** Words of a row. */
export const ROW = 8;
/** Words of its blinded digest. */
export const KEY = 4;

/** Shared memory, so that a worker sorts rows while look-ups still read them. */
export interface Rows {
  readonly words: Uint32Array<SharedArrayBuffer>;
  /** For each row 1 when it says "removed", else 0. */
  readonly removed: Uint8Array<SharedArrayBuffer>;
  count: number;
}

export function emptyRows(capacity: number): Rows {
  return {
    words: new Uint32Array(new SharedArrayBuffer(capacity * ROW * 4)),
    removed: new Uint8Array(new SharedArrayBuffer(capacity)),
    count: 0,
  };
}

/** Rows with room for one more: these, or a copy twice as large. */
export function withRoom(rows: Rows): Rows {
  if (rows.count < rows.removed.length) return rows;
  const larger = emptyRows(rows.removed.length * 2);
  larger.words.set(rows.words);
  larger.removed.set(rows.removed);
  larger.count = rows.count;
  return larger;
}

/** Appends the row whose digest and record are at these words of two arrays. */
export function pushRow(rows: Rows, row: Uint32Array, removed: number): void {
  copyRow(row, 0, rows.words, rows.count * ROW);
  rows.removed[rows.count++] = removed;
}

/** A loop: a view for each row would cost more than the copy. */
export function copyRow(from: Uint32Array, at: number, to: Uint32Array, into: number): void {
  for (let word = 0; word < ROW; word++) to[into + word] = from[at + word] as number;
}

/** Below, at or above zero as the first row comes before, is, or comes after the second. */
export function compareRows(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): number {
  for (let word = 0; word < ROW; word++) {
    const difference = (a[aAt + word] as number) - (b[bAt + word] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function sameDigest(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): boolean {
  for (let word = 0; word < KEY; word++) if (a[aAt + word] !== b[bAt + word]) return false;
  return true;
}
