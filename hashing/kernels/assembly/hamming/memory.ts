/**
 * Where everything lies. Numbers that a saved shard needs are in the header; what depends on the capacity is laid out by
 * `layOut`, generously, since memory that nobody has written to costs nothing.
 */
export const TABLES: u32 = 16;
export const BUCKETS: u32 = 65536;
/** Bytes of a hash. */
export const HASH: usize = 32;
/** The slot of an entry whose hash is gone. */
export const GONE: u32 = 0xffffff;

/** The header, saved as it is. Before it lies what the compiler keeps. */
export const HEADER: usize = 0x1_0000;
export const CAPACITY: usize = HEADER;
/** Slots ever used. */
export const SLOTS: usize = HEADER + 4;
export const SIZE: usize = HEADER + 8;
/** First of the chain of free slots, plus 1; each holds the next in its hash's first word. */
export const FREE_SLOT: usize = HEADER + 12;
/** Blocks ever used, the first of the chain of free ones (0: none), and how many there are. */
export const BLOCKS: usize = HEADER + 16;
export const FREE_BLOCK: usize = HEADER + 20;
export const FREE_BLOCKS: usize = HEADER + 24;
/** Hashes added and removed since the round of compaction began that is under way or was the last. */
export const LOOSE: usize = HEADER + 28;
/** While a table is being compacted: its number plus 1, the first bucket not done, entries written to the spare region. */
export const MERGING: usize = HEADER + 32;
export const MERGED_BUCKETS: usize = HEADER + 36;
export const MERGED_ENTRIES: usize = HEADER + 40;
/** For each table its region; the seventeenth is the spare one, which compaction fills. */
export const REGIONS: usize = HEADER + 64;
/** For each table: entries in its blocks, and whether entries of either kind are gone. */
export const ADDED: usize = HEADER + 192;
export const REMOVED: usize = HEADER + 256;

/** Sums of loads that only bring memory closer: written, so that these are not left out. */
export const TOUCHED: usize = 0x1_1a00;
/** Hashes as they come in and go out, most significant word first: up to 16. */
export const INPUT: usize = 0x1_1000;
/** The same, permuted: what is looked for. */
export const WANTED: usize = 0x1_1200;
export const MOST_WANTED: i32 = 16;
/** For each bucket that a query visits in a table: see tags.ts. Two tables at a time. */
export const VISITS: usize = 0x1_1400;
export const VISIT: usize = 16;
export const VISITS_A_TABLE: usize = 17;
/** Heads of the chains that a query follows. */
export const CHAINS: usize = 0x1_1800;
/** Addresses of the slots of entries whose tags passed. */
export const PASSED: usize = 0x1_2000;
export const MOST_PASSED: u32 = 0x1_0000;
/** Results in order, the distance in the upper 8 bits and the slot in the others. */
export const OUTPUT: usize = PASSED + ((MOST_PASSED as usize) << 2);
export const MOST_RESULTS: u32 = 0x1_0000;
/** What each of up to 16 queries at a time has found: see results.ts. */
export const COLLECTORS: usize = OUTPUT + ((MOST_RESULTS as usize) << 2);
export const COLLECTOR: usize = 0x1000 + ((MOST_RESULTS as usize) << 3);
/** For each table and bucket the newest block of its additions; 0: none. */
export const HEADS: usize = COLLECTORS + COLLECTOR * (MOST_WANTED as usize);
const HEADS_A_TABLE: usize = (BUCKETS as usize) << 2;
/** For each region and bucket its first entry; one more, so that a bucket ends where the next begins. */
export const DIRECTORIES: usize = HEADS + HEADS_A_TABLE * (TABLES as usize);
const DIRECTORY: usize = HEADS_A_TABLE + 128;

const REGIONS_HELD: usize = (TABLES as usize) + 1;
/** Vectors of tags are read whole, whatever lies behind the last. */
const READ_BEYOND: usize = 128;

let live: usize = 0;
export let seen: usize = 0;
export let distinct: usize = 0;
export let hashes: usize = 0;
let tags: usize = 0;
let tagsARegion: usize = 0;
let slots: usize = 0;
let slotsARegion: usize = 0;
let blocks: usize = 0;

/** Lays out memory for this many hashes and returns where the blocks of additions begin, the only part that grows. */
export function layOut(capacity: u32): u32 {
  store<u32>(CAPACITY, capacity);
  for (let region: u32 = 0; region <= TABLES; region++) store<u32>(REGIONS + (region << 2), region);
  const bits = rounded((capacity >> 3) + 1);
  live = DIRECTORIES + DIRECTORY * REGIONS_HELD;
  seen = live + bits;
  distinct = seen + bits;
  hashes = distinct + rounded(mostDistinct(capacity) << 2);
  tags = hashes + rounded((capacity as usize) * HASH);
  tagsARegion = rounded(((capacity as usize) << 1) + READ_BEYOND);
  slots = tags + tagsARegion * REGIONS_HELD;
  slotsARegion = rounded((capacity as usize) * 3 + READ_BEYOND);
  blocks = slots + slotsARegion * REGIONS_HELD;
  return blocks as u32;
}

/**
 * Different hashes that a query compares at most. One near the query is met in most of the 16 tables, which costs as much as
 * comparing with some 30 hashes in order.
 */
@inline export function mostDistinct(hashes: u32): u32 {
  return (hashes >> 5) + 512;
}

@inline function rounded(bytes: usize): usize {
  return (bytes + 127) & ~127;
}

@inline export function hashAt(slot: u32): usize {
  return hashes + (slot as usize) * HASH;
}

@inline export function liveByte(slot: u32): usize {
  return live + (slot >> 3);
}

@inline export function regionOf(table: u32): u32 {
  return load<u32>(REGIONS + (table << 2));
}

@inline export function directoryOf(region: u32): usize {
  return DIRECTORIES + DIRECTORY * region;
}

@inline export function tagsOf(region: u32): usize {
  return tags + tagsARegion * region;
}

@inline export function slotsOf(region: u32): usize {
  return slots + slotsARegion * region;
}

@inline export function headOf(table: u32, bucket: u32): usize {
  return HEADS + (table as usize) * HEADS_A_TABLE + (bucket << 2);
}

@inline export function blockAt(number: u32): usize {
  return blocks + (((number - 1) as usize) << 7);
}

/** Chunk 0 to 16 of a permuted hash; 16 is 0 again. */
@inline export function chunk(hash: usize, number: u32): u32 {
  return load<u16>(hash + ((number & 15) << 1));
}

@inline export function add32(address: usize, by: u32): void {
  store<u32>(address, load<u32>(address) + by);
}

// What is saved after the header: live bits, hashes, heads, blocks, then directory, tags and slots of each region.

export const sections: u32 = 4 + 3 * 17;

export function sectionStart(section: u32): usize {
  if (section == 0) return live;
  if (section == 1) return hashes;
  if (section == 2) return HEADS;
  if (section == 3) return blocks;
  const region = (section - 4) / 3;
  const part = (section - 4) % 3;
  if (part == 0) return directoryOf(region);
  return part == 1 ? tagsOf(region) : slotsOf(region);
}

export function sectionLength(section: u32): usize {
  if (section == 0) return ((load<u32>(SLOTS) + 7) >> 3) as usize;
  if (section == 1) return (load<u32>(SLOTS) as usize) * HASH;
  if (section == 2) return load<u32>(BLOCKS) == 0 ? 0 : HEADS_A_TABLE * (TABLES as usize);
  if (section == 3) return (load<u32>(BLOCKS) as usize) << 7;
  const region = (section - 4) / 3;
  const part = (section - 4) % 3;
  if (part == 0) return isUsed(region) ? HEADS_A_TABLE + 4 : 0;
  return (entriesIn(region) as usize) * (part == 1 ? 2 : 3);
}

/** The spare region counts only while it is being filled. */
function isUsed(region: u32): bool {
  return region != regionOf(TABLES) || load<u32>(MERGING) != 0;
}

/** From the directory, which is saved before the entries; never more than fit, whatever it says. */
function entriesIn(region: u32): u32 {
  if (!isUsed(region)) return 0;
  const end = region == regionOf(TABLES) ? MERGED_ENTRIES : directoryOf(region) + HEADS_A_TABLE;
  return min(load<u32>(end), load<u32>(CAPACITY));
}

/** After opening: whether the header's numbers and the directories agree with each other. */
export function whole(): bool {
  const capacity = load<u32>(CAPACITY);
  for (let table: u32 = 0; table < TABLES; table++) {
    const directory = directoryOf(regionOf(table));
    for (let bucket: u32 = 0; bucket < BUCKETS; bucket++)
      if (load<u32>(directory + (bucket << 2)) > load<u32>(directory + (bucket << 2), 4)) return false;
    if (load<u32>(directory + HEADS_A_TABLE) > capacity) return false;
    for (let bucket: u32 = 0; bucket < BUCKETS; bucket++)
      if (load<u32>(headOf(table, bucket)) > load<u32>(BLOCKS)) return false;
  }
  return true;
}
