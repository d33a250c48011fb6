/** Buckets one after another: a directory of where each begins, all tags, and all slots in the same order. */
import {
  chunk, directoryOf, MERGED_BUCKETS, MERGING, regionOf, slotsOf, TABLES, tagsOf,
} from "./memory";

/** Of one bucket: its tags, the slots beside, how many. */
export let bucketTags: usize = 0;
export let bucketSlots: usize = 0;
export let bucketCount: u32 = 0;

/** Where a bucket lies now: in the spare region when compaction has passed it already. */
@inline export function regionWith(table: u32, bucket: u32): u32 {
  return load<u32>(MERGING) == table + 1 && bucket < load<u32>(MERGED_BUCKETS) ? regionOf(TABLES) : regionOf(table);
}

@inline export function locate(table: u32, bucket: u32): void {
  const region = regionWith(table, bucket);
  const entry = directoryOf(region) + (bucket << 2);
  const first = load<u32>(entry);
  bucketCount = load<u32>(entry, 4) - first;
  bucketTags = tagsOf(region) + (first << 1);
  bucketSlots = slotsOf(region) + first * 3;
}

/** The tag that goes with chunk `table` of a hash. */
@inline export function tagOf(hash: usize, table: u32): u32 {
  return chunk(hash, table + 1);
}
