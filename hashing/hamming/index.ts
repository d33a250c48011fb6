/**
 * One shard of a Hamming index: which of up to 16 million 256-bit hashes are within a distance of a given one, complete by
 * construction, in one thread. Hashes only: lists, metadata, threads and files are for rooms above.
 */
import { createPlainShard, openPlainShard, PLAIN_LAYOUT } from "./plain.ts";
import { readHeader } from "./sections.ts";
import { checkCapacity, damaged, type Shard } from "./shard.ts";

export type { Neighbours, Shard } from "./shard.ts";
export { INDEXED_DISTANCE, MOST_DISTANCE, MOST_RESULTS, MOST_SLOTS } from "./shard.ts";

/**
 * An empty shard for up to `capacity` hashes (1 to 16,777,215). Memory is taken as hashes come.
 * `plain` asks for the twin that compares with every hash, as it serves anyway where the processor has no SIMD.
 * Errors: `hashing/out-of-range`, `hashing/out-of-memory`.
 */
export function createShard({ capacity }: { capacity: number; plain?: boolean }): Shard {
  checkCapacity(capacity);
  return createPlainShard(capacity);
}

/**
 * Reads what `save` gave, in pieces of any size, without building anything anew.
 * Errors: `hashing/shard-damaged` (build it again), `hashing/out-of-memory`.
 */
export function openShard(pieces: Iterable<Uint8Array>): Shard {
  const { layout, words, rest } = readHeader(pieces);
  if (layout === PLAIN_LAYOUT) return openPlainShard(words, rest);
  throw damaged(`nobody here reads its layout ${layout}`);
}
