/** Sorts rows that are in memory into a run. */
import { compareRows, ROW, type Rows } from "./rows.ts";
import type { RunWriter } from "./writing.ts";

/** The most rows of one sort: their numbers share a float's 53 bits with the 32 of a row's first word. */
export const MOST_SORTED = 2 ** 21;

/** Writes the rows in their order; of equal ones the one that came last. */
export function writeSorted({ words, removed, count }: Rows, writer: RunWriter): void {
  const order = sortedNumbers({ words, removed, count });
  for (let at = 0; at < count; at++) {
    const row = order[at] as number;
    const follower = order[at + 1];
    if (follower !== undefined && compareRows(words, row * ROW, words, follower * ROW) === 0) continue;
    writer.push(words, row * ROW, removed[row] as number);
  }
}

/**
 * The numbers of the rows in the rows' order, equal rows in the order of their numbers. First word and number are packed
 * into one float, which engines sort natively; what shares its first word, mostly the entries of one digest, is then sorted
 * among itself.
 */
function sortedNumbers({ words, count }: Rows): Uint32Array {
  const packed = new Float64Array(count);
  for (let row = 0; row < count; row++) packed[row] = (words[row * ROW] as number) * MOST_SORTED + row;
  packed.sort();
  const numbers = new Uint32Array(count);
  for (let at = 0; at < count; at++) numbers[at] = (packed[at] as number) % MOST_SORTED;
  const firstWord = (at: number) => words[(numbers[at] as number) * ROW];
  for (let from = 0; from < count;) {
    let to = from + 1;
    while (to < count && firstWord(to) === firstWord(from)) to++;
    if (to - from > 1)
      numbers.subarray(from, to).sort((a, b) => compareRows(words, a * ROW, words, b * ROW) || a - b);
    from = to;
  }
  return numbers;
}
