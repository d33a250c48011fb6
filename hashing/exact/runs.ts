/**
 * A run: one sorted file, written once and never changed.
 *
 *   pages of rows     127 rows of 8 words, then 127 bits that mark removals; all full but the last
 *   pages of fences   for each page of rows the first word of its first row, 1,020 to a page
 *
 * The fences are held in memory (4 bytes a page), so that a look-up reads the one page that can hold its digest; more only
 * when entries of one digest go on into the next page.
 */
import { createPageSealer, PAGE, PAGE_WORDS, type PageSealer } from "./pages.ts";
import { ROW, sameDigest } from "./rows.ts";

/** Rows of a page: with their marks they fill it exactly. */
export const PAGE_ROWS = 127;
/** Where the marks begin. */
const MARKS = PAGE_ROWS * ROW;

/** A run as the manifest names it. */
export interface RunName {
  readonly id: string;
  readonly rows: number;
}

export const runFile = (id: string): string => `${id}.run`;
export const sealerOfRun = (secret: Uint8Array, id: string): PageSealer =>
  createPageSealer(secret, "run", id);

/** Pages of rows, and after them of fences. */
export function pagesOf(rows: number): { rows: number; fences: number } {
  const pages = Math.ceil(rows / PAGE_ROWS);
  return { rows: pages, fences: Math.ceil(pages / PAGE_WORDS) };
}

/** What the file of a whole run measures. */
export function bytesOf(rows: number): number {
  const pages = pagesOf(rows);
  return (pages.rows + pages.fences) * PAGE;
}

/** Rows on one page of a run that has `rows` altogether. */
export const rowsOnPage = (rows: number, page: number): number =>
  Math.min(PAGE_ROWS, rows - page * PAGE_ROWS);

export const isRemoved = (page: Uint32Array, row: number): number =>
  ((page[MARKS + (row >>> 5)] as number) >>> (row & 31)) & 1;

export function markRemoved(page: Uint32Array, row: number): void {
  page[MARKS + (row >>> 5)] = ((page[MARKS + (row >>> 5)] as number) | (1 << (row & 31))) >>> 0;
}

/** First and last page that can hold a digest beginning with `word`. */
export function pagesWith(fences: Uint32Array, word: number): [first: number, last: number] {
  const first = Math.max(0, firstFence(fences, word) - 1);
  const last = Math.max(first, firstFence(fences, word + 1) - 1);
  return [first, last];
}

/** The first page whose fence is at least `word`; their number when none is. */
function firstFence(fences: Uint32Array, word: number): number {
  let from = 0;
  let to = fences.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((fences[middle] as number) < word) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Calls `visit` with every row of a page that has this digest. Looks at all first words: it is as fast as to halve. */
export function visitPage(
  page: Uint32Array,
  rows: number,
  digest: Uint32Array,
  at: number,
  visit: (words: Uint32Array, at: number, removed: number) => void,
): void {
  const first = digest[at] as number;
  for (let row = 0; row < rows; row++) {
    const start = row * ROW;
    if (page[start] === first && sameDigest(page, start, digest, at))
      visit(page, start, isRemoved(page, row));
  }
}
