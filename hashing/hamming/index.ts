/**
 * One shard of a Hamming index: which of up to 16 million 256-bit hashes are within a distance of a given one, complete by
 * construction, in one thread. Hashes only: lists, metadata, threads and files are for rooms above.
 */
import { HashingError } from "../errors.ts";
import { kernelModule } from "../kernels/index.ts";
import { BUCKETS_LAYOUT, createBucketShard, openBucketShard } from "./buckets.ts";
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
export function createShard({ capacity, plain = false }: { capacity: number; plain?: boolean }): Shard {
  checkCapacity(capacity);
  const module = plain ? undefined : kernelModule("hamming");
  return module === undefined ? createPlainShard(capacity) : createBucketShard(module, capacity);
}

/**
 * Reads what `save` gave, in pieces of any size, without building anything anew.
 * Errors: `hashing/shard-damaged` (build it again), `hashing/out-of-memory`, `hashing/simd-missing` when this processor cannot
 * use it (build it again as well).
 */
export function openShard(pieces: Iterable<Uint8Array>): Shard {
  const { layout, words, rest } = readHeader(pieces);
  if (layout === PLAIN_LAYOUT) return openPlainShard(words, rest);
  if (layout !== BUCKETS_LAYOUT) throw damaged(`nobody here reads its layout ${layout}`);
  const module = kernelModule("hamming");
  if (module === undefined) throw simdMissing();
  return openBucketShard(module, words, rest);
}

const simdMissing = () =>
  new HashingError(
    "hashing/simd-missing",
    "The shard was saved on a processor with SIMD, and this one has none.",
    "Build it again from where its hashes came from.",
  );
