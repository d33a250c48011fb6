/** Entries become rows: their digests blinded, many at once. */
import { HashingError } from "../errors.ts";
import type { Blind } from "./blinding.ts";
import { emptyRows, KEY, pushRow, ROW, type Rows } from "./rows.ts";
import type { ExactEntry } from "./types.ts";

const RECORD = 16;

/** Gives the row of each entry to `take`; the array is used again. Errors: `hashing/digest-length`, `hashing/record-length`. */
export function takeRows(
  blind: Blind,
  entries: readonly ExactEntry[],
  take: (row: Uint32Array) => void,
): void {
  const digests = blind(entries);
  const row = new Uint32Array(ROW);
  const recordOfRow = new Uint8Array(row.buffer, KEY * 4);
  entries.forEach(({ record }, at) => {
    if (record.length !== RECORD) throw wrongRecord(record.length);
    for (let word = 0; word < KEY; word++) row[word] = digests[at * KEY + word] as number;
    recordOfRow.set(record);
    take(row);
  });
}

/** The rows of all batches in pieces of `capacity`. */
export async function* piecesOf(
  blind: Blind,
  batches: AsyncIterable<readonly ExactEntry[]> | Iterable<readonly ExactEntry[]>,
  capacity: number,
): AsyncGenerator<Rows> {
  let rows = emptyRows(capacity);
  const full: Rows[] = [];
  for await (const batch of batches) {
    takeRows(blind, batch, (row) => {
      if (rows.count === capacity) {
        full.push(rows);
        rows = emptyRows(capacity);
      }
      pushRow(rows, row, 0);
    });
    yield* full.splice(0);
  }
  if (rows.count > 0) yield rows;
}

function wrongRecord(length: number): HashingError {
  return new HashingError(
    "hashing/record-length",
    `A record of the exact index has ${RECORD} bytes; this one has ${length}.`,
    "Check what made the record.",
  );
}
