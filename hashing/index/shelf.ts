/**
 * One shard with what is known of its hashes.
 *
 *     hashing/hamming    hash -> slot, each hash once
 *     heads              slot -> the first entry of that hash     16 bytes: facts (3 words), next
 *     extras             further entries of a hash, in a chain    24 bytes: facts, next, slot, previous
 *     table              list and key -> where the entry is        about 5 bytes
 *
 * Extras are numbered from 1 in chains, so that 0 ends them. `slot` and `previous` let an entry be taken out without
 * walking a chain that somebody made very long.
 */
import { createShard, type Shard } from "../hamming/index.ts";
import { keyHighOf, listOf, type Facts } from "./facts.ts";
import { createRows, type Rows } from "./rows.ts";
import { createFolding, type Staged } from "./staging.ts";
import { createEntryTable, REFERENCE_BITS, type EntryTable, type KeyReader } from "./table.ts";

export interface Shelf {
  readonly shard: Shard;
  readonly entries: number;
  readonly bytes: number;
  /** Adds an entry, or replaces the one with its list and key. */
  put(facts: Facts, hash: Uint32Array): void;
  /** Fills an empty shelf: many times faster than one by one, and compact. Of a list and key that comes twice, the last counts. */
  fill(staged: Staged): void;
  /** Forgets the entry with this list and key, if there is one. */
  take(list: number, low: number, high: number): void;
  /** Calls `visit` with the facts of each entry of a slot. */
  visit(slot: number, visit: (a: number, b: number, c: number) => void): void;
  parts(): ShelfParts;
}

/** What a shelf is made of, beside its shard; as it is written to disk. */
export interface ShelfParts {
  heads: Rows;
  extras: Rows;
  table: EntryTable;
  /** Number of extras ever used, and the first one that is free again (chained by `next`). */
  extrasUsed: number;
  firstFree: number;
  entries: number;
}

/** In a reference: the entry is an extra. Below it are 24 bits, so a shelf has at most 16.7 million hashes. */
const EXTRA = 1 << (REFERENCE_BITS - 1);
export const MOST_HASHES = EXTRA;

const [A, B, C, NEXT, SLOT, PREVIOUS] = [0, 1, 2, 3, 4, 5];
export const HEAD_WORDS = 4;
export const EXTRA_WORDS = 6;

/** How a table finds the keys that it does not keep. */
export function keyReader(heads: Rows, extras: Rows): KeyReader {
  const word = (reference: number, at: number) =>
    reference & EXTRA ? extras.get(reference ^ EXTRA, at) : heads.get(reference, at);
  return {
    list: (reference) => listOf(word(reference, A)),
    low: (reference) => word(reference, B),
    high: (reference) => keyHighOf(word(reference, C)),
  };
}

export function emptyShelf(capacity: number): Shelf {
  const [heads, extras] = [createRows(HEAD_WORDS), createRows(EXTRA_WORDS)];
  const table = createEntryTable(keyReader(heads, extras));
  return createShelf(createShard({ capacity }), {
    ...{ heads, extras, table, extrasUsed: 0, firstFree: 0, entries: 0 },
  });
}

export function createShelf(shard: Shard, parts: ShelfParts): Shelf {
  const { heads, extras, table } = parts;

  const freshExtra = (): number => {
    const free = parts.firstFree;
    if (free === 0) return ++parts.extrasUsed;
    parts.firstFree = extras.get(free - 1, NEXT);
    return free;
  };
  const freeExtra = (extra: number) => {
    extras.set(extra - 1, NEXT, parts.firstFree);
    parts.firstFree = extra;
  };
  const setPrevious = (extra: number, previous: number) => {
    if (extra !== 0) extras.set(extra - 1, PREVIOUS, previous);
  };
  const write = (rows: Rows, row: number, { a, b, c }: Facts) => {
    rows.set(row, A, a);
    rows.set(row, B, b);
    rows.set(row, C, c);
  };

  const append = (facts: Facts, hash: Uint32Array) => {
    const slot = shard.find(hash);
    if (slot === undefined) appendHead(facts, shard.add(hash));
    else appendExtra(facts, slot);
  };
  const appendHead = (facts: Facts, slot: number) => {
    const { list, low, high } = keyOf(facts);
    write(heads, slot, facts);
    heads.set(slot, NEXT, 0);
    table.insert(list, low, high, slot);
    parts.entries++;
  };
  const appendExtra = (facts: Facts, slot: number) => {
    const { list, low, high } = keyOf(facts);
    const extra = freshExtra();
    const next = heads.get(slot, NEXT);
    write(extras, extra - 1, facts);
    extras.set(extra - 1, NEXT, next);
    extras.set(extra - 1, SLOT, slot);
    extras.set(extra - 1, PREVIOUS, 0);
    setPrevious(next, extra);
    heads.set(slot, NEXT, extra);
    table.insert(list, low, high, EXTRA | (extra - 1));
    parts.entries++;
  };

  const unlinkExtra = (extra: number) => {
    const next = extras.get(extra - 1, NEXT);
    const previous = extras.get(extra - 1, PREVIOUS);
    if (previous === 0) heads.set(extras.get(extra - 1, SLOT), NEXT, next);
    else extras.set(previous - 1, NEXT, next);
    setPrevious(next, previous);
    freeExtra(extra);
  };
  /** The first of the chain takes the place of the head, or the hash goes. */
  const unlinkHead = (slot: number) => {
    const first = heads.get(slot, NEXT);
    if (first === 0) return shard.remove(slot);
    const facts = { a: extras.get(first - 1, A), b: extras.get(first - 1, B), c: extras.get(first - 1, C) };
    const next = extras.get(first - 1, NEXT);
    write(heads, slot, facts);
    heads.set(slot, NEXT, next);
    setPrevious(next, 0);
    freeExtra(first);
    const { list, low, high } = keyOf(facts);
    table.move(list, low, high, slot);
  };
  const take = (reference: number, list: number, low: number, high: number) => {
    table.remove(list, low, high);
    parts.entries--;
    if (reference & EXTRA) unlinkExtra((reference ^ EXTRA) + 1);
    else unlinkHead(reference);
  };

  return {
    shard,
    get entries() {
      return parts.entries;
    },
    get bytes() {
      return shard.bytes + heads.bytes + extras.bytes + table.bytes;
    },
    put(facts, hash) {
      const { list, low, high } = keyOf(facts);
      const reference = table.find(list, low, high);
      if (reference < 0) return append(facts, hash);
      const isExtra = (reference & EXTRA) !== 0;
      const slot = isExtra ? extras.get(reference ^ EXTRA, SLOT) : reference;
      if (shard.find(hash) === slot)
        return write(isExtra ? extras : heads, isExtra ? reference ^ EXTRA : reference, facts);
      take(reference, list, low, high);
      append(facts, hash);
    },
    fill(staged) {
      const folded = createFolding(staged.count);
      for (let at = staged.count - 1; at >= 0; at--) {
        const facts = staged.factsAt(at);
        const { list, low, high } = keyOf(facts);
        if (table.find(list, low, high) >= 0) continue;
        const known = folded.count;
        const slot = folded.slotOf(staged.hashes, at);
        if (slot === known) appendHead(facts, slot);
        else appendExtra(facts, slot);
      }
      shard.build(folded.hashes());
      folded.release();
    },
    take(list, low, high) {
      const reference = table.find(list, low, high);
      if (reference >= 0) take(reference, list, low, high);
    },
    visit(slot, visit) {
      visit(heads.get(slot, A), heads.get(slot, B), heads.get(slot, C));
      for (let extra = heads.get(slot, NEXT); extra !== 0; extra = extras.get(extra - 1, NEXT))
        visit(extras.get(extra - 1, A), extras.get(extra - 1, B), extras.get(extra - 1, C));
    },
    parts: () => parts,
  };
}

const keyOf = ({ a, b, c }: Facts) => ({ list: listOf(a), low: b, high: keyHighOf(c) });
