/**
 * Additions into the tables, and entries that are gone out of them: table after table, bucket after bucket, is written
 * to the spare region in order; when a table is done, its old region is the spare one. Queries look into the spare region
 * for buckets that are done (tables.ts), so they may come between steps, and so may additions and removals.
 */
import {
  ADDED, blockAt, BUCKETS, directoryOf, GONE, headOf, LOOSE, MERGED_BUCKETS, MERGED_ENTRIES, MERGING, regionOf, REGIONS,
  REMOVED, slotsOf, TABLES, tagsOf,
} from "./memory";
import { entriesOf, freeBlock, load24, slotsIn, store24 } from "./additions";

/** Written to the spare region so far. */
let out: u32 = 0;

/** Moves about `budget` entries. True while there is more to do in this round. */
export function compact(budget: u32): bool {
  let left = budget as i32;
  while (left > 0) {
    if (load<u32>(MERGING) == 0 && !begin(0)) return false;
    left -= mergeBuckets(left);
    if (load<u32>(MERGED_BUCKETS) < BUCKETS) return true;
    const table = finishTable();
    if (!begin(table + 1)) return false;
  }
  return true;
}

/** Begins with the next table from `from` on that has something loose. */
function begin(from: u32): bool {
  if (from == 0) store<u32>(LOOSE, 0);
  for (let table = from; table < TABLES; table++) {
    if (load<u32>(ADDED + (table << 2)) == 0 && load<u32>(REMOVED + (table << 2)) == 0) continue;
    store<u32>(MERGING, table + 1);
    store<u32>(MERGED_BUCKETS, 0);
    store<u32>(MERGED_ENTRIES, 0);
    store<u32>(REMOVED + (table << 2), 0);
    return true;
  }
  return false;
}

/** Returns the work done: entries, and something for each bucket. */
function mergeBuckets(budget: i32): i32 {
  const table = load<u32>(MERGING) - 1;
  const spare = regionOf(TABLES);
  const directory = directoryOf(spare);
  let bucket = load<u32>(MERGED_BUCKETS);
  let done: i32 = 0;
  out = load<u32>(MERGED_ENTRIES);
  while (bucket < BUCKETS && done < budget) {
    const before = out;
    store<u32>(directory + (bucket << 2), out);
    copyBucket(table, bucket, spare);
    copyChain(table, bucket, spare);
    store<u32>(directory + (bucket << 2), out, 4);
    done += ((out - before) as i32) + 8;
    bucket++;
  }
  store<u32>(MERGED_BUCKETS, bucket);
  store<u32>(MERGED_ENTRIES, out);
  return done;
}

function copyBucket(table: u32, bucket: u32, spare: u32): void {
  const region = regionOf(table);
  const entry = directoryOf(region) + (bucket << 2);
  const end = load<u32>(entry, 4);
  for (let at = load<u32>(entry); at < end; at++)
    put(spare, load<u16>(tagsOf(region) + (at << 1)), load24(slotsOf(region) + at * 3));
}

function copyChain(table: u32, bucket: u32, spare: u32): void {
  const head = headOf(table, bucket);
  let merged: u32 = 0;
  for (let next = load<u32>(head); next != 0; ) {
    const block = blockAt(next);
    const count = entriesOf(block);
    for (let at: u32 = 0; at < count; at++)
      put(spare, load<u16>(block + (at << 1)), load24(slotsIn(block) + at * 3));
    merged += count;
    next = freeBlock(next);
  }
  store<u32>(head, 0);
  store<u32>(ADDED + (table << 2), load<u32>(ADDED + (table << 2)) - merged);
}

@inline function put(region: u32, tag: u32, slot: u32): void {
  if (slot == GONE) return;
  store<u16>(tagsOf(region) + (out << 1), tag);
  store24(slotsOf(region) + out * 3, slot);
  out++;
}

/** The spare region becomes the table's, and the table's old one the spare. */
function finishTable(): u32 {
  const table = load<u32>(MERGING) - 1;
  const old = regionOf(table);
  store<u32>(REGIONS + (table << 2), regionOf(TABLES));
  store<u32>(REGIONS + (TABLES << 2), old);
  store<u32>(MERGING, 0);
  return table;
}
