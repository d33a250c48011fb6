/**
 * Tags near the query's: 32 at a time are compared, and the addresses of the slots of those that passed are noted.
 * Whose slots these are is seen later, all at once, so that their many cache misses overlap.
 */
import { MOST_PASSED, PASSED } from "./memory";

/** Tags in one call: a long bucket takes several. */
export const MOST_AT_ONCE: u32 = 0x8000;

/** Entries that passed and are not looked at yet. */
export let passed: u32 = 0;

@inline export function takePassed(): u32 {
  const count = passed;
  passed = 0;
  return count;
}

/** Whether PASSED might not take all of another call. */
@inline export function isNearlyFull(): bool {
  return passed > MOST_PASSED - MOST_AT_ONCE;
}

/** `count` tags, at most MOST_AT_ONCE, with the slots of their entries beside; `within` 0 to 3 bits. */
export function nearTags(tags: usize, slots: usize, count: u32, tag: u32, within: i32): void {
  // 16 of 17 buckets of an ordinary query want 2 bits. The two loops differ on purpose: the compiler would fold like ones.
  if (within == 2) nearTags2(tags, slots, count, tag);
  else nearTagsAny(tags, slots, count, tag, within);
}

/** Whole cache lines, so that none is read that holds no tag of the bucket: 32 tags at a time. */
function nearTags2(tags: usize, slots: usize, count: u32, number: u32): void {
  const tag = i16x8.splat(number as i16);
  let noted = passed;
  let line = tags & ~63;
  const before = ((tags - line) >> 1) as i32;
  let at = -before;
  for (; at < (count as i32); at += 32, line += 64) {
    const left = i8x16.narrow_i16x8_s(near2(v128.load(line), tag), near2(v128.load(line, 16), tag));
    const right = i8x16.narrow_i16x8_s(near2(v128.load(line, 32), tag), near2(v128.load(line, 48), tag));
    let mask = (i8x16.bitmask(left) & 0xffff) | (i8x16.bitmask(right) << 16);
    if (mask == 0) continue;
    if (at < 0) mask &= -1 << before;
    noted = note(noted, mask & firstBits((count as i32) - at), slots + at * 3);
  }
  passed = noted;
}

function nearTagsAny(tags: usize, slots: usize, count: u32, number: u32, within: i32): void {
  const tag = i16x8.splat(number as i16);
  const most = i16x8.splat(within as i16);
  let noted = passed;
  for (let at: u32 = 0; at < count; at += 8) {
    const mask = i16x8.bitmask(near(v128.load(tags + (at << 1)), tag, most));
    if (mask != 0) noted = note(noted, mask & firstBits(count - at), slots + at * 3);
  }
  passed = noted;
}

/** The same for the `count` tags of one block of additions, at most 24. */
export function nearTagsInBlock(tags: usize, slots: usize, count: u32, number: u32, within: i32): void {
  const tag = i16x8.splat(number as i16);
  const most = i16x8.splat(within as i16);
  const left = i8x16.narrow_i16x8_s(near(v128.load(tags), tag, most), near(v128.load(tags, 16), tag, most));
  const right = near(v128.load(tags, 32), tag, most);
  const mask = (i8x16.bitmask(left) & 0xffff) | (i16x8.bitmask(right) << 16);
  passed = note(passed, mask & firstBits(count), slots);
}

/** All ones where at most 2 bits differ: taking away the lowest bit twice leaves nothing. Cheaper than counting. */
@inline function near2(tags: v128, tag: v128): v128 {
  const minusOne = i16x8.splat(-1);
  const bits = v128.xor(tags, tag);
  const less = v128.and(bits, i16x8.add(bits, minusOne));
  return i16x8.eq(v128.and(less, i16x8.add(less, minusOne)), i16x8.splat(0));
}

/** All ones where at most `most` bits differ. */
@inline function near(tags: v128, tag: v128, most: v128): v128 {
  return i16x8.le_s(i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.xor(tags, tag))), most);
}

@inline function firstBits(count: i32): i32 {
  return count < 32 ? (1 << count) - 1 : -1;
}

/** Notes the slots of those that passed after the first `noted`; returns how many are noted then. */
@inline function note(noted: u32, passing: i32, slots: usize): u32 {
  let count = noted;
  for (let mask = passing; mask != 0; mask &= mask - 1)
    store<u32>(PASSED + (count++ << 2), (slots + (ctz(mask) as usize) * 3) as u32);
  return count;
}
