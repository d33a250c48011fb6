/**
 * Where the entry with this list and key is: an open hash table of references, 4 bytes each at about 80 % load.
 *
 * Keys are not stored: a slot holds 25 bits of reference and a 7-bit tag of the key's hash, and what has the right tag is
 * compared where it lies. The table has 256 parts that grow by themselves, so that growing stops nobody for long.
 */

export interface EntryTable {
  readonly bytes: number;
  /** The reference, or -1. `high` is the key's upper 16 bits, `low` its lower 32. */
  find(list: number, low: number, high: number): number;
  /** Enters a key that is not there. */
  insert(list: number, low: number, high: number, reference: number): void;
  /** Points a key that is there to another place. */
  move(list: number, low: number, high: number, reference: number): void;
  /** Forgets a key that is there; what it refers to must still be readable. */
  remove(list: number, low: number, high: number): void;
  /** The parts as they are in memory, each with its number of keys. */
  parts(): { slots: Uint32Array; count: number }[];
}

/** Reads list and key at a reference: the words that the table does not keep. */
export interface KeyReader {
  list(reference: number): number;
  low(reference: number): number;
  high(reference: number): number;
}

export const REFERENCE_BITS = 25;
const REFERENCE = (1 << REFERENCE_BITS) - 1;
export const PARTS = 256;
/** Above this a part grows. Tags make long runs cheap to pass: they are read in a row, without touching entries. */
const FULL = 0.9;
const GROWTH = 1.25;
const SMALLEST = 4;

type Part = ReturnType<EntryTable["parts"]>[number];

/** An empty table, or the one with these parts, which it goes on using. */
export function createEntryTable(
  keys: KeyReader,
  parts: Part[] = Array.from({ length: PARTS }, () => ({ slots: new Uint32Array(SMALLEST), count: 0 })),
): EntryTable {
  const partOf = (hash: number) => parts[hash >>> 24] as Part;
  const home = (hash: number, { slots }: Part) => Math.floor(((hash & 0xffffff) * slots.length) / 0x1000000);
  const hashAt = (reference: number) =>
    hashOf(keys.list(reference), keys.low(reference), keys.high(reference));

  /** The position of the key in its part, or -1. */
  const locate = (hash: number, list: number, low: number, high: number): number => {
    const part = partOf(hash);
    const { slots } = part;
    const tag = tagOf(hash);
    for (let at = home(hash, part); ; at = at + 1 === slots.length ? 0 : at + 1) {
      const slot = slots[at] as number;
      if (slot === 0) return -1;
      if (slot >>> REFERENCE_BITS !== tag) continue;
      const reference = slot & REFERENCE;
      if (keys.low(reference) === low && keys.high(reference) === high && keys.list(reference) === list)
        return at;
    }
  };
  const place = (part: Part, hash: number, reference: number) => {
    const { slots } = part;
    let at = home(hash, part);
    while (slots[at] !== 0) at = at + 1 === slots.length ? 0 : at + 1;
    slots[at] = ((tagOf(hash) << REFERENCE_BITS) | reference) >>> 0;
  };
  const grow = (part: Part) => {
    const old = part.slots;
    part.slots = new Uint32Array(Math.ceil(old.length * GROWTH) + SMALLEST);
    for (const slot of old) if (slot !== 0) place(part, hashAt(slot & REFERENCE), slot & REFERENCE);
  };
  /** Closes the hole, so that no search ends at it too early. */
  const close = (part: Part, hole: number) => {
    const { slots } = part;
    const size = slots.length;
    for (let at = (hole + 1) % size; slots[at] !== 0; at = (at + 1) % size) {
      const from = home(hashAt((slots[at] as number) & REFERENCE), part);
      if ((at - from + size) % size < (at - hole + size) % size) continue;
      slots[hole] = slots[at] as number;
      hole = at;
    }
    slots[hole] = 0;
  };

  return {
    get bytes() {
      return parts.reduce((sum, { slots }) => sum + slots.byteLength, 0);
    },
    find(list, low, high) {
      const hash = hashOf(list, low, high);
      const at = locate(hash, list, low, high);
      return at < 0 ? -1 : (partOf(hash).slots[at] as number) & REFERENCE;
    },
    insert(list, low, high, reference) {
      const hash = hashOf(list, low, high);
      const part = partOf(hash);
      if (part.count + 1 > part.slots.length * FULL) grow(part);
      place(part, hash, reference);
      part.count++;
    },
    move(list, low, high, reference) {
      const hash = hashOf(list, low, high);
      const { slots } = partOf(hash);
      slots[locate(hash, list, low, high)] = ((tagOf(hash) << REFERENCE_BITS) | reference) >>> 0;
    },
    remove(list, low, high) {
      const hash = hashOf(list, low, high);
      const part = partOf(hash);
      close(part, locate(hash, list, low, high));
      part.count--;
    },
    parts: () => parts,
  };
}

/** 1 to 127, so that no slot in use is zero. */
const tagOf = (hash: number) => 1 + ((Math.imul(hash, 0x9e3779b1) >>> 16) % 127);

/** 32 well-mixed bits (the finalizer of MurmurHash3, twice). */
function hashOf(list: number, low: number, high: number): number {
  return mixed(mixed(low ^ 0x2545f491) ^ ((high << 16) | list));
}

function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
