/** Adding, removing and finding one hash. */
import {
  ADDED, add32, blockAt, chunk, FREE_SLOT, GONE, HASH, hashAt, headOf, INPUT, LOOSE, liveByte, PASSED, REMOVED, SIZE, SLOTS,
  TABLES, TOUCHED, WANTED,
} from "./memory";
import { append, entriesOf, hasBlocks, load24, nextBlock, restOfChain, slotsIn, store24 } from "./additions";
import { permute, restore } from "./permutation";
import { bucketCount, bucketSlots, bucketTags, locate, tagOf } from "./tables";
import { MOST_AT_ONCE, nearTags, nearTagsInBlock, takePassed } from "./tags";

/** Whether memory is large enough for one more. */
export function hasRoom(): bool {
  return hasBlocks();
}

/** Adds the hash at INPUT and returns its slot. The caller knows that there is room. */
export function add(): u32 {
  permute(INPUT, WANTED);
  // All misses of the 16 chains at once.
  let sum: u32 = 0;
  for (let table: u32 = 0; table < TABLES; table++) {
    const head = load<u32>(headOf(table, chunk(WANTED, table)));
    if (head != 0) sum += load<u8>(blockAt(head)) + load<u8>(blockAt(head), 64);
  }
  store<u32>(TOUCHED, sum);
  const slot = takeSlot();
  memory.copy(hashAt(slot), WANTED, HASH);
  for (let table: u32 = 0; table < TABLES; table++)
    append(table, chunk(WANTED, table), tagOf(WANTED, table), slot);
  add32(LOOSE, 1);
  return slot;
}

function takeSlot(): u32 {
  let slot = load<u32>(FREE_SLOT);
  if (slot != 0) store<u32>(FREE_SLOT, load<u32>(hashAt(--slot)));
  else {
    slot = load<u32>(SLOTS);
    store<u32>(SLOTS, slot + 1);
  }
  add32(SIZE, 1);
  setLive(slot, true);
  return slot;
}

export function holds(slot: u32): bool {
  return slot < load<u32>(SLOTS) && ((load<u8>(liveByte(slot)) >> (slot & 7)) & 1) != 0;
}

export function setLive(slot: u32, is: bool): void {
  const bit: u32 = 1 << (slot & 7);
  const byte = load<u8>(liveByte(slot));
  store<u8>(liveByte(slot), (is ? byte | bit : byte & ~bit) as u8);
}

/** Removes the hash in a slot that holds one: its entries in all tables are gone at once, so that the slot can be used again. */
export function remove(slot: u32): void {
  const hash = hashAt(slot);
  for (let table: u32 = 0; table < TABLES; table++) {
    const entry = entryOf(hash, table, slot);
    store24(entry, GONE);
    add32(REMOVED + (table << 2), 1);
  }
  setLive(slot, false);
  store<u32>(hash, load<u32>(FREE_SLOT));
  store<u32>(FREE_SLOT, slot + 1);
  add32(SIZE, -1);
  add32(LOOSE, 1);
}

/** A slot that holds exactly the hash at INPUT, or -1. */
export function find(): i32 {
  permute(INPUT, WANTED);
  const slot = slotOf(entryOf(WANTED, shortestTable(WANTED), GONE));
  return slot == GONE ? -1 : (slot as i32);
}

/** The hash in a slot, at INPUT. */
export function read(slot: u32): void {
  restore(hashAt(slot), INPUT);
}

/** Clustered hashes have long buckets in some tables and short ones in others. */
function shortestTable(hash: usize): u32 {
  let shortest: u32 = 0;
  let least: u32 = u32.MAX_VALUE;
  for (let table: u32 = 0; table < TABLES; table++) {
    const bucket = chunk(hash, table);
    locate(table, bucket);
    const head = load<u32>(ADDED + (table << 2)) == 0 ? 0 : load<u32>(headOf(table, bucket));
    const entries = bucketCount + (head == 0 ? 0 : restOfChain(blockAt(head)));
    if (entries >= least) continue;
    least = entries;
    shortest = table;
  }
  return shortest;
}

/**
 * Address of the slot of the entry that a table has for a hash: the one with this slot, or with any slot that holds the
 * same hash when it is GONE. 0 when there is none.
 */
function entryOf(hash: usize, table: u32, slot: u32): usize {
  const tag = tagOf(hash, table);
  const bucket = chunk(hash, table);
  locate(table, bucket);
  const count = bucketCount;
  const tags = bucketTags;
  const slots = bucketSlots;
  for (let done: u32 = 0; done < count; done += MOST_AT_ONCE) {
    nearTags(tags + (done << 1), slots + done * 3, min(count - done, MOST_AT_ONCE), tag, 0);
    const entry = amongPassed(hash, slot);
    if (entry != 0) return entry;
  }
  for (let next = load<u32>(headOf(table, bucket)); next != 0; ) {
    const block = blockAt(next);
    nearTagsInBlock(block, slotsIn(block), entriesOf(block), tag, 0);
    const entry = amongPassed(hash, slot);
    if (entry != 0) return entry;
    next = nextBlock(block);
  }
  return 0;
}

function amongPassed(hash: usize, slot: u32): usize {
  const count = takePassed();
  for (let at: u32 = 0; at < count; at++) {
    const entry = load<u32>(PASSED + (at << 2)) as usize;
    const its = load24(entry);
    if (slot == GONE ? its != GONE && areEqual(hash, hashAt(its)) : its == slot) return entry;
  }
  return 0;
}

@inline function slotOf(entry: usize): u32 {
  return entry == 0 ? GONE : load24(entry);
}

function areEqual(hash: usize, other: usize): bool {
  return !v128.any_true(
    v128.or(
      v128.xor(v128.load(hash), v128.load(other)),
      v128.xor(v128.load(hash, 16), v128.load(other, 16)),
    ),
  );
}
