/**
 * The plain twin: compares with every hash. Exact by construction, so it judges the buckets in tests, and it serves where
 * the processor has no SIMD. About 10 ms a query for each million hashes.
 */
import { bitCount } from "../pdq/index.ts";
import { readSections, savedSections } from "./sections.ts";
import {
  changed,
  checkBuild,
  checkHash,
  checkHashes,
  checkQuery,
  damaged,
  full,
  MOST_SLOTS,
  noHash,
  WORDS,
  type Neighbours,
  type Shard,
} from "./shard.ts";

export const PLAIN_LAYOUT = 1;

/** An empty plain shard. It grows as hashes come. */
export const createPlainShard = (capacity: number): Shard =>
  plainShard(capacity, { hashes: new Uint32Array(0), live: new Uint8Array(0) });

/** Reads what `save` wrote. Error: `hashing/shard-damaged`. */
export function openPlainShard(header: Uint32Array, pieces: Iterator<Uint8Array>): Shard {
  const [capacity = 0, slots = 0, size = 0] = header;
  if (capacity < 1 || capacity > MOST_SLOTS || slots > capacity || size > slots)
    throw damaged("its counts contradict each other");
  const held = { hashes: new Uint32Array(slots * WORDS), live: new Uint8Array(slots) };
  readSections(pieces, [new Uint8Array(held.hashes.buffer), held.live]);
  if (held.live.reduce((sum, live) => sum + live, 0) !== size) throw damaged("hashes are missing");
  return plainShard(capacity, held);
}

interface Held {
  hashes: Uint32Array<ArrayBuffer>;
  /** 1 for each slot that holds a hash. */
  live: Uint8Array<ArrayBuffer>;
}

function plainShard(capacity: number, held: Held): Shard {
  let { hashes, live } = held;
  /** Slots ever used. */
  let slots = live.length;
  const free = [...live.keys()].filter((slot) => live[slot] === 0);
  let changes = 0;

  const distanceAt = (slot: number, hash: Uint32Array, start: number) => {
    let distance = 0;
    for (let word = 0; word < WORDS; word++)
      distance += bitCount((hashes[slot * WORDS + word] as number) ^ (hash[start + word] as number));
    return distance;
  };

  function makeRoom(wanted: number): void {
    if (wanted <= live.length) return;
    const larger = Math.min(capacity, Math.max(wanted, 64, live.length * 2));
    hashes = copied(hashes, new Uint32Array(larger * WORDS));
    live = copied(live, new Uint8Array(larger));
  }

  const holds = (slot: number) => slot < slots && live[slot] === 1;

  function query(hash: Uint32Array, start: number, most: number, limit: number): Neighbours {
    const byDistance: number[][] = [];
    for (let slot = 0; slot < slots; slot++) {
      const distance = holds(slot) ? distanceAt(slot, hash, start) : Infinity;
      if (distance <= most) (byDistance[distance] ??= []).push(slot);
    }
    const found = byDistance.flatMap((list, distance) => list.map((slot) => ({ slot, distance })));
    const returned = found.slice(0, limit);
    return {
      total: found.length,
      slots: Uint32Array.from(returned, ({ slot }) => slot),
      distances: Uint8Array.from(returned, ({ distance }) => distance),
    };
  }

  const shard: Shard = {
    capacity,
    get size() {
      return slots - free.length;
    },
    get bytes() {
      return hashes.byteLength + live.byteLength;
    },
    loose: 0,
    add(hash) {
      checkHash(hash);
      const slot = free.at(-1) ?? slots;
      if (slot === capacity) throw full(capacity);
      makeRoom(slot + 1);
      if (slot === slots) slots++;
      else free.pop();
      hashes.set(hash, slot * WORDS);
      live[slot] = 1;
      changes++;
      return slot;
    },
    remove(slot) {
      if (!holds(slot)) return false;
      live[slot] = 0;
      free.push(slot);
      changes++;
      return true;
    },
    find(hash) {
      checkHash(hash);
      for (let slot = 0; slot < slots; slot++)
        if (holds(slot) && distanceAt(slot, hash, 0) === 0) return slot;
      return undefined;
    },
    hashAt(slot) {
      if (!holds(slot)) throw noHash(slot);
      return hashes.slice(slot * WORDS, (slot + 1) * WORDS);
    },
    query(hash, distance, limit) {
      checkHash(hash);
      checkQuery(distance, limit);
      return query(hash, 0, distance, limit);
    },
    queryBatch(wanted, distance, limit) {
      checkHashes(wanted);
      checkQuery(distance, limit);
      return Array.from({ length: wanted.length / WORDS }, (_, at) =>
        query(wanted, at * WORDS, distance, limit),
      );
    },
    build(wanted) {
      checkBuild(shard, wanted);
      slots = 0;
      free.length = 0;
      makeRoom(wanted.length / WORDS);
      slots = wanted.length / WORDS;
      hashes.set(wanted);
      live.fill(1, 0, slots);
      changes++;
    },
    compact: () => false,
    *save() {
      const before = changes;
      const sections = [bytesOf(hashes.subarray(0, slots * WORDS)), live.subarray(0, slots)];
      for (const piece of savedSections(PLAIN_LAYOUT, [capacity, slots, shard.size], sections)) {
        if (changes !== before) throw changed();
        yield piece;
      }
    },
  };
  return shard;
}

function copied<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const bytesOf = (words: Uint32Array<ArrayBuffer>) =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
