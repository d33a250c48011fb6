/**
 * One query, within at most 31 bits, in three rounds, each of which has many cache misses under way at once:
 * tags of the buckets visited, slots of the entries that passed, hashes in these slots.
 */
import {
  ADDED, blockAt, chunk, CHAINS, directoryOf, distinct, GONE, hashAt, headOf, INPUT, mostDistinct, PASSED, regionOf, seen, SIZE, TABLES, TOUCHED,
  VISIT, VISITS, VISITS_A_TABLE, WANTED,
} from "./memory";
import { entriesOf, load24, nextBlock, slotsIn } from "./additions";
import { permute } from "./permutation";
import { collector, report, reset } from "./results";
import { bucketCount, bucketSlots, bucketTags, locate, tagOf } from "./tables";
import { isNearlyFull, MOST_AT_ONCE, nearTags, nearTagsInBlock, takePassed } from "./tags";

/** Below this many hashes comparing with all of them costs less than looking up 272 buckets. */
const FEW: u32 = 4096;

/** Hashes whose lines the nearest cache holds until they are compared. */
const AT_A_TIME: u32 = 256;

/** The distance asked for. */
let furthest: u32 = 0;
/** Different hashes found so far, and all entries that passed. */
let found: u32 = 0;
let looked: u32 = 0;

/** Takes the hash at INPUT + 32 x number as the query of that number. */
export function prepare(number: i32, limit: u32): void {
  permute(INPUT + (number << 5), WANTED + (number << 5));
  reset(collector(number), limit);
}

/**
 * Finds everything within `distance` of query 0. False when comparing with all costs no more: then it has to be prepared
 * again.
 */
export function query(distance: u32): bool {
  if (load<u32>(SIZE) < FEW) return false;
  furthest = distance;
  found = 0;
  looked = 0;
  const visits = distance >= 16 ? VISITS_A_TABLE as u32 : 1;
  const within = (distance >> 3) as i32;
  touchDirectories(visits);
  visit(0, visits);
  let goesOn = true;
  for (let table: u32 = 0; table < TABLES && goesOn; table++) {
    if (table + 1 < TABLES) visit(table + 1, visits);
    goesOn = compareTags(table, visits, within) && followChains(table, visits, within);
  }
  goesOn = goesOn && gather();
  forget();
  return goesOn;
}

/** Touches the directory entries of all buckets to visit. */
function touchDirectories(visits: u32): void {
  let sum: u32 = 0;
  for (let table: u32 = 0; table < TABLES; table++) {
    const directory = directoryOf(regionOf(table));
    const key = chunk(WANTED, table);
    sum += load<u32>(directory + (key << 2));
    // The first four flips are in the same line.
    for (let flip: u32 = 16; flip < 1 << visits - 1; flip <<= 1) sum += load<u32>(directory + ((key ^ flip) << 2));
  }
  store<u32>(TOUCHED, sum);
}

/** Looks up the buckets to visit in a table, and touches the lines of their tags. */
function visit(table: u32, visits: u32): void {
  const key = chunk(WANTED, table);
  const to = visitsOf(table);
  for (let at: u32 = 0; at < visits; at++) {
    locate(table, at == 0 ? key : key ^ (1 << (at - 1)));
    const visit = to + (at as usize) * VISIT;
    store<u32>(visit, bucketTags as u32);
    store<u32>(visit, bucketSlots as u32, 4);
    store<u32>(visit, bucketCount, 8);
  }
  let sum: u32 = 0;
  for (let visit = to; visit < to + (visits as usize) * VISIT; visit += VISIT) {
    const tags = load<u32>(visit) as usize;
    // The processor sees by itself that a long bucket is read in order.
    const end = tags + (min<u32>(load<u32>(visit, 8), 512) << 1);
    for (let line = tags & ~63; line < end; line += 64) sum += load<u8>(line);
  }
  store<u32>(TOUCHED, sum);
}

@inline function visitsOf(table: u32): usize {
  return VISITS + (table & 1) * 512;
}

function compareTags(table: u32, visits: u32, within: i32): bool {
  const tag = tagOf(WANTED, table);
  for (let at: u32 = 0; at < visits; at++) {
    const from = visitsOf(table) + (at as usize) * VISIT;
    const tags = load<u32>(from) as usize;
    const slots = load<u32>(from, 4) as usize;
    const count = load<u32>(from, 8);
    for (let done: u32 = 0; done < count; done += MOST_AT_ONCE) {
      const some = min(count - done, MOST_AT_ONCE);
      nearTags(tags + (done << 1), slots + done * 3, some, tag, at == 0 ? within : within - 1);
      if (isNearlyFull() && !gather()) return false;
    }
  }
  return true;
}

/** Blocks of additions, the first of each chain, then the second of each, and so on. */
function followChains(table: u32, visits: u32, within: i32): bool {
  if (load<u32>(ADDED + (table << 2)) == 0) return true;
  const tag = tagOf(WANTED, table);
  const key = chunk(WANTED, table);
  let chains: u32 = 0;
  for (let at: u32 = 0; at < visits; at++) {
    const head = load<u32>(headOf(table, at == 0 ? key : key ^ (1 << (at - 1))));
    if (head != 0) chains = keepChain(chains, head, at == 0 ? within : within - 1);
  }
  while (chains > 0) {
    if (isNearlyFull() && !gather()) return false;
    let sum: u32 = 0;
    for (let at: u32 = 0; at < chains; at++) sum += load<u8>(blockAt(load<u32>(CHAINS + (at << 3))));
    store<u32>(TOUCHED, sum);
    let left: u32 = 0;
    for (let at: u32 = 0; at < chains; at++) {
      const block = blockAt(load<u32>(CHAINS + (at << 3)));
      const most = load<i32>(CHAINS + (at << 3), 4);
      nearTagsInBlock(block, slotsIn(block), entriesOf(block), tag, most);
      const next = nextBlock(block);
      if (next != 0) left = keepChain(left, next, most);
      if (isNearlyFull() && !gather()) return false;
    }
    chains = left;
  }
  return true;
}

@inline function keepChain(at: u32, block: u32, within: i32): u32 {
  store<u32>(CHAINS + (at << 3), block);
  store<i32>(CHAINS + (at << 3), within, 4);
  return at + 1;
}

/** Compares what passed, some hashes at a time. False when there are too many to go on. */
function gather(): bool {
  const count = takePassed();
  const most = mostDistinct(load<u32>(SIZE));
  looked += count;
  if (looked > most << 4) return false;
  for (let from: u32 = 0; from < count && found + AT_A_TIME <= most; from += AT_A_TIME) {
    const before = found;
    takeSlots(from, min(from + AT_A_TIME, count));
    compareHashes(before);
  }
  return found + AT_A_TIME <= most;
}

/** Takes each slot that passed once, and touches its hash. */
function takeSlots(from: u32, end: u32): void {
  let sum: u32 = 0;
  let taken = found;
  for (let at = from; at < end; at++) {
    const slot = load24(load<u32>(PASSED + (at << 2)));
    if (slot == GONE) continue;
    const byte = seen + (slot >> 3);
    const bits = load<u8>(byte);
    const bit: u32 = 1 << (slot & 7);
    if (bits & bit) continue;
    store<u8>(byte, bits | bit);
    store<u32>(distinct + (taken << 2), slot);
    taken++;
    sum += load<u8>(hashAt(slot));
  }
  store<u32>(TOUCHED, sum);
  found = taken;
}

function compareHashes(from: u32): void {
  const to = collector(0);
  for (let at = from; at < found; at++) {
    const slot = load<u32>(distinct + (at << 2));
    const bits = distanceOf(hashAt(slot), WANTED);
    if (bits <= furthest) report(to, slot, bits);
  }
}

@inline export function distanceOf(hash: usize, other: usize): u32 {
  return (
    popcnt<u64>(load<u64>(hash) ^ load<u64>(other)) +
    popcnt<u64>(load<u64>(hash, 8) ^ load<u64>(other, 8)) +
    popcnt<u64>(load<u64>(hash, 16) ^ load<u64>(other, 16)) +
    popcnt<u64>(load<u64>(hash, 24) ^ load<u64>(other, 24))
  ) as u32;
}

/** Makes the marks of slots seen empty again. */
function forget(): void {
  takePassed();
  for (let at: u32 = 0; at < found; at++) store<u8>(seen + (load<u32>(distinct + (at << 2)) >> 3), 0);
}
