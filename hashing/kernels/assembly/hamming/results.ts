/**
 * What one query has found: how many at each distance, and the nearest of them, as many as wanted.
 *
 * Kept are twice as many as wanted. When these are full, the distance is found within which there are enough; what is
 * beyond goes, and further ones count but are not kept. So each result costs a few steps, however many there are.
 */
import { COLLECTORS, COLLECTOR, OUTPUT } from "./memory";

// One collector: numbers, how many at each distance, then what is kept.
const TOTAL: usize = 0;
const KEPT: usize = 4;
const LIMIT: usize = 8;
/** Distances from here on are counted and not kept. */
const CUT: usize = 12;
const COUNTS: usize = 64;
const RESULTS: usize = 0x1000;

@inline export function collector(number: i32): usize {
  return COLLECTORS + COLLECTOR * (number as usize);
}

export function reset(to: usize, limit: u32): void {
  memory.fill(to, 0, COUNTS + 256 * 4);
  store<u32>(to, limit, LIMIT);
  store<u32>(to, limit == 0 ? 0 : 256, CUT);
}

export function report(to: usize, slot: u32, distance: u32): void {
  store<u32>(to, load<u32>(to, TOTAL) + 1, TOTAL);
  const count = to + (distance << 2);
  store<u32>(count, load<u32>(count, COUNTS) + 1, COUNTS);
  if (distance >= load<u32>(to, CUT)) return;
  const kept = load<u32>(to, KEPT);
  store<u32>(to + (kept << 2), (distance << 24) | slot, RESULTS);
  store<u32>(to, kept + 1, KEPT);
  if (kept + 1 == load<u32>(to, LIMIT) << 1) keepNearest(to);
}

/** Keeps as many as wanted. */
function keepNearest(to: usize): void {
  const limit = load<u32>(to, LIMIT);
  let nearer: u32 = 0;
  let cut: u32 = 0;
  while (nearer + load<u32>(to + (cut << 2), COUNTS) < limit) nearer += load<u32>(to + (cut++ << 2), COUNTS);
  let atCut = limit - nearer;
  const kept = load<u32>(to, KEPT);
  let keeping: u32 = 0;
  for (let at: u32 = 0; at < kept; at++) {
    const result = load<u32>(to + (at << 2), RESULTS);
    const distance = result >> 24;
    if (distance > cut || (distance == cut && atCut == 0)) continue;
    if (distance == cut) atCut--;
    store<u32>(to + (keeping++ << 2), result, RESULTS);
  }
  store<u32>(to, keeping, KEPT);
  store<u32>(to, cut, CUT);
}

/** Puts the nearest into OUTPUT, nearest first, as many as wanted, and returns how many were found in all. */
export function output(from: usize): u32 {
  if (load<u32>(from, KEPT) > load<u32>(from, LIMIT)) keepNearest(from);
  const kept = load<u32>(from, KEPT);
  const first = firstPlaces(from);
  for (let at: u32 = 0; at < kept; at++) {
    const result = load<u32>(from + (at << 2), RESULTS);
    const place = first + ((result >> 24) << 2);
    const target = load<u32>(place);
    store<u32>(place, target + 1);
    store<u32>(OUTPUT + (target << 2), result);
  }
  return load<u32>(from, TOTAL);
}

/** Counts become the place of the first result at each distance. */
function firstPlaces(from: usize): usize {
  let place: u32 = 0;
  for (let distance: usize = 0; distance < 256; distance++) {
    const count = load<u32>(from + (distance << 2), COUNTS);
    store<u32>(from + (distance << 2), place, COUNTS);
    place += count;
  }
  return from + COUNTS;
}
