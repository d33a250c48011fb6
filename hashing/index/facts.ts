/**
 * What is known of an entry, in three words; names are numbers of `names.ts`:
 *
 *     a   list (16 bits) · source (16)
 *     b   key, lower 32 bits
 *     c   key, upper 16 bits · verdict (8) · disputed (1) · quality (7)
 */

export interface Facts {
  a: number;
  b: number;
  c: number;
}

const SPLIT = 2 ** 32;
export const MOST_KEY = 2 ** 48 - 1;

export interface Said {
  list: number;
  source: number;
  key: number;
  verdict: number;
  disputed: boolean;
  quality: number;
}

export function factsOf({ list, source, key, verdict, disputed, quality }: Said): Facts {
  return {
    a: ((list << 16) | source) >>> 0,
    b: key % SPLIT,
    c: ((Math.floor(key / SPLIT) << 16) | (verdict << 8) | (disputed ? 0x80 : 0) | quality) >>> 0,
  };
}

export function saidIn(a: number, b: number, c: number): Said {
  return {
    list: listOf(a),
    source: a & 0xffff,
    key: keyHighOf(c) * SPLIT + b,
    verdict: (c >>> 8) & 0xff,
    disputed: (c & 0x80) !== 0,
    quality: qualityOf(c),
  };
}

export const listOf = (a: number) => a >>> 16;
export const keyHighOf = (c: number) => c >>> 16;
export const qualityOf = (c: number) => c & 0x7f;
