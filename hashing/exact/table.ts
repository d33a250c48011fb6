/** The rows that are in no run yet: a hash table in memory. */
import { emptyRows, pushRow, ROW, sameDigest, withRoom, type Rows } from "./rows.ts";
import type { Visit } from "./reading.ts";

export interface Table {
  /** In the order in which they came; the same row may stand here several times, of which the last counts. */
  readonly rows: Rows;
  put(row: Uint32Array, removed: number): void;
  /** Visits the rows of a digest, the last that came first. */
  find(digest: Uint32Array, at: number, visit: Visit): void;
}

const NONE = -1;
/** Rows that a new table has room for, a power of two: an index that gets little takes little. */
const BEGINNING = 1024;

export function createTable(): Table {
  let rows = emptyRows(BEGINNING);
  let heads = new Int32Array(0);
  let chains = new Int32Array(0);

  // Blinded digests are pseudorandom: their bits are hash enough.
  const bucketOf = (words: Uint32Array, at: number) => (words[at] as number) & (heads.length - 1);
  const link = (row: number) => {
    const bucket = bucketOf(rows.words, row * ROW);
    chains[row] = heads[bucket] as number;
    heads[bucket] = row;
  };
  const linkAll = () => {
    heads = new Int32Array(rows.removed.length).fill(NONE);
    chains = new Int32Array(rows.removed.length);
    for (let row = 0; row < rows.count; row++) link(row);
  };
  linkAll();
  return {
    get rows() {
      return rows;
    },
    put(row, removed) {
      const before = rows;
      rows = withRoom(rows);
      if (rows !== before) linkAll();
      pushRow(rows, row, removed);
      link(rows.count - 1);
    },
    find(digest, at, visit) {
      for (let row = heads[bucketOf(digest, at)] as number; row !== NONE; row = chains[row] as number) {
        if (sameDigest(rows.words, row * ROW, digest, at))
          visit(rows.words, row * ROW, rows.removed[row] as number);
      }
    },
  };
}
