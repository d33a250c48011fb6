/**
 * Tags near the query's: 32 at a time are compared, and the addresses of the slots of those that passed are noted.
 * Whose slots these are is seen later, all at once, so that their many cache misses overlap.
 */
import { MOST_PASSED, PASSED } from "./memory";

/** Entries that passed and are not looked at yet. */
export let passed: u32 = 0;

@inline export function takePassed(): u32 {
  const count = passed;
  passed = 0;
  return count;
}

@inline export function isNearlyFull(): bool {
  return passed > MOST_PASSED - 64;
}

/** `count` tags, with the slots of their entries beside; `within` 0 to 3 bits. Stops when PASSED is full; returns how far. */
export function nearTags(tags: usize, slots: usize, count: u32, number: u32, within: i32): u32 {
  const tag = i16x8.splat(number as i16);
  if (within >= 3) return scanned(tags, slots, count, tag, 3);
  if (within == 2) return scanned(tags, slots, count, tag, 2);
  if (within == 1) return scanned(tags, slots, count, tag, 1);
  return scanned(tags, slots, count, tag, 0);
}

@inline function scanned(tags: usize, slots: usize, count: u32, tag: v128, within: i32): u32 {
  let at: u32 = 0;
  for (; at < count && !isNearlyFull(); at += 32) {
    const from = tags + (at << 1);
    const left = i8x16.narrow_i16x8_s(
      near(v128.load(from), tag, within),
      near(v128.load(from, 16), tag, within),
    );
    const right = i8x16.narrow_i16x8_s(
      near(v128.load(from, 32), tag, within),
      near(v128.load(from, 48), tag, within),
    );
    let mask = (i8x16.bitmask(left) & 0xffff) | (i8x16.bitmask(right) << 16);
    if (mask == 0) continue;
    if (count - at < 32) mask &= (1 << (count - at)) - 1;
    note(mask, slots + at * 3);
  }
  return at;
}

/** The same for the 24 tags of one block of additions. */
export function nearTagsInBlock(tags: usize, slots: usize, count: u32, number: u32, within: i32): void {
  const tag = i16x8.splat(number as i16);
  const left = i8x16.narrow_i16x8_s(
    nearAny(v128.load(tags), tag, within),
    nearAny(v128.load(tags, 16), tag, within),
  );
  const right = nearAny(v128.load(tags, 32), tag, within);
  const mask = (i8x16.bitmask(left) & 0xffff) | (i16x8.bitmask(right) << 16);
  note(mask & ((1 << count) - 1), slots);
}

/** All ones where at most `within` bits differ: taking away the lowest bit so many times leaves nothing. */
@inline function near(tags: v128, tag: v128, within: i32): v128 {
  let bits = v128.xor(tags, tag);
  const minusOne = i16x8.splat(-1);
  if (within > 0) bits = v128.and(bits, i16x8.add(bits, minusOne));
  if (within > 1) bits = v128.and(bits, i16x8.add(bits, minusOne));
  if (within > 2) bits = v128.and(bits, i16x8.add(bits, minusOne));
  return i16x8.eq(bits, i16x8.splat(0));
}

/** For a distance that is known only when running. */
function nearAny(tags: v128, tag: v128, within: i32): v128 {
  const counts = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.xor(tags, tag)));
  return i16x8.le_s(counts, i16x8.splat(within as i16));
}

@inline function note(passing: i32, slots: usize): void {
  for (let mask = passing; mask != 0; mask &= mask - 1) {
    store<u32>(PASSED + (passed << 2), (slots + (ctz(mask) as usize) * 3) as u32);
    passed++;
  }
}
