/** A growing table of 32-bit words in pages, so that growing never copies what is there and never doubles memory. */

const PAGE_BITS = 12;
export const PAGE_ROWS = 1 << PAGE_BITS;

export interface Rows {
  readonly bytes: number;
  get(row: number, word: number): number;
  /** Makes room for the row when there is none. */
  set(row: number, word: number, value: number): void;
  /** As they are in memory. */
  pages(): Uint32Array[];
}

/** Rows of `width` words, all zero; or those of `pages`, which it goes on using. */
export function createRows(width: number, pages: Uint32Array[] = []): Rows {
  const offset = (row: number, word: number) => (row & (PAGE_ROWS - 1)) * width + word;
  return {
    get bytes() {
      return pages.length * PAGE_ROWS * width * 4;
    },
    get: (row, word) => (pages[row >>> PAGE_BITS] as Uint32Array)[offset(row, word)] as number,
    set(row, word, value) {
      const page = row >>> PAGE_BITS;
      while (page >= pages.length) pages.push(new Uint32Array(PAGE_ROWS * width));
      (pages[page] as Uint32Array)[offset(row, word)] = value;
    },
    pages: () => pages,
  };
}
