/** The kernel's header, which is saved with a shard: its 32-bit words by name, and what it says about memory. */
import { MOST_SLOTS } from "./shard.ts";

/** Places in the header; hashing/kernels/assembly/hamming/memory.ts says what each means. */
export const CAPACITY = 0;
export const SLOTS = 1;
export const SIZE = 2;
const FREE_SLOT = 3;
export const BLOCKS = 4;
const FREE_BLOCK = 5;
export const LOOSE = 7;
export const MERGING = 8;
const MERGED_BUCKETS = 9;
const REGIONS = 16;
export const HEADER_WORDS = 80;

const TABLES = 16;
const BUCKETS = 65_536;
/** Blocks of additions, as many as 4 GiB hold. */
const MOST_BLOCKS = 2 ** 25;

export const BLOCK_BYTES = 128;
/** What a table that is being compacted takes for each hash: a tag and a slot. */
export const SPARE_BYTES = 5;
/** A hash, and its tag and slot in each table. */
const HASH_BYTES = 32 + TABLES * SPARE_BYTES;
/** Directories and heads of chains. */
const FIXED_BYTES = 9 * 1024 * 1024;

/** Bytes that a shard without additions takes. */
export const bytesOf = (slots: number): number => FIXED_BYTES + slots * HASH_BYTES;

/** Whether the numbers of a saved header can be true together. */
export function isConsistent(header: Uint32Array): boolean {
  const at = (place: number) => header[place] as number;
  const regions = new Set(header.subarray(REGIONS, REGIONS + TABLES + 1));
  return (
    at(CAPACITY) >= 1 &&
    at(CAPACITY) <= MOST_SLOTS &&
    at(SLOTS) <= at(CAPACITY) &&
    at(SIZE) <= at(SLOTS) &&
    at(FREE_SLOT) <= at(SLOTS) &&
    at(BLOCKS) <= MOST_BLOCKS &&
    at(FREE_BLOCK) <= at(BLOCKS) &&
    at(MERGING) <= TABLES &&
    at(MERGED_BUCKETS) <= BUCKETS &&
    regions.size === TABLES + 1 &&
    Math.max(...regions) === TABLES
  );
}
