/**
 * What was added since a table was last put in order: for each bucket a chain of blocks, newest first, each of 128 bytes:
 *
 *      0   24 tags      48   next block, 0: none      52   entries from here to the end of the chain      56   24 slots
 *
 * Only the first block of a chain can have room. Blocks of tables that were put in order are used again: the first free one
 * lists 30 others, so that taking them does not wait for one after another to come from memory:
 *
 *      0   next free block that lists others      4   how many this one lists      8   their numbers
 */
import {
  ADDED, add32, blockAt, BLOCKS, FREE_BLOCK, FREE_BLOCKS, headOf, TABLES,
} from "./memory";

const NEXT: usize = 48;
const REST: usize = 52;
const SLOTS: usize = 56;
const MOST: u32 = 24;

const LISTED: usize = 4;
const LIST: usize = 8;
const MOST_LISTED: u32 = 30;

@inline export function nextBlock(block: usize): u32 {
  return load<u32>(block, NEXT);
}

/** Entries in the chain from this block on. */
@inline export function restOfChain(block: usize): u32 {
  return load<u32>(block, REST);
}

@inline export function entriesOf(block: usize): u32 {
  return ((load<u32>(block, REST) - 1) % MOST) + 1;
}

@inline export function slotsIn(block: usize): usize {
  return block + SLOTS;
}

/** Adds an entry; there must be a free block. */
export function append(table: u32, bucket: u32, tag: u32, slot: u32): void {
  const head = headOf(table, bucket);
  const first = load<u32>(head);
  let rest: u32 = first == 0 ? 0 : restOfChain(blockAt(first));
  const at = rest % MOST;
  if (at == 0) store<u32>(head, freshBlock(first));
  const block = blockAt(load<u32>(head));
  store<u32>(block, rest + 1, REST);
  store<u16>(block + (at << 1), tag);
  store24(block + SLOTS + at * 3, slot);
  add32(ADDED + (table << 2), 1);
}

@inline export function store24(address: usize, slot: u32): void {
  store<u16>(address, slot);
  store<u8>(address, slot >> 16, 2);
}

@inline export function load24(address: usize): u32 {
  return load<u32>(address) & 0xffffff;
}

function freshBlock(next: u32): u32 {
  const number = load<u32>(FREE_BLOCK) == 0 ? unusedBlock() : takeFree();
  store<u32>(blockAt(number), next, NEXT);
  return number;
}

function unusedBlock(): u32 {
  add32(BLOCKS, 1);
  return load<u32>(BLOCKS);
}

function takeFree(): u32 {
  add32(FREE_BLOCKS, -1);
  const first = load<u32>(FREE_BLOCK);
  const list = blockAt(first);
  const listed = load<u32>(list, LISTED);
  if (listed == 0) {
    store<u32>(FREE_BLOCK, load<u32>(list));
    return first;
  }
  store<u32>(list, listed - 1, LISTED);
  return load<u32>(list + ((listed - 1) << 2), LIST);
}

/** Gives the block back and returns the one after it. */
export function freeBlock(number: u32): u32 {
  const next = nextBlock(blockAt(number));
  const first = load<u32>(FREE_BLOCK);
  add32(FREE_BLOCKS, 1);
  if (first != 0 && load<u32>(blockAt(first), LISTED) < MOST_LISTED) {
    const list = blockAt(first);
    const listed = load<u32>(list, LISTED);
    store<u32>(list + (listed << 2), number, LIST);
    store<u32>(list, listed + 1, LISTED);
  } else {
    store<u32>(blockAt(number), first);
    store<u32>(blockAt(number), 0, LISTED);
    store<u32>(FREE_BLOCK, number);
  }
  return next;
}

/** Whether an addition to all tables finds the blocks it can need, as large as memory is now. */
export function hasBlocks(): bool {
  const needed = load<u32>(FREE_BLOCKS) >= TABLES ? 0 : TABLES - load<u32>(FREE_BLOCKS);
  return blockAt(load<u32>(BLOCKS) + 1 + needed) <= (memory.size() as usize) << 16;
}
