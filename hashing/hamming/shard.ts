/** What a shard promises, whoever keeps it: the buckets (buckets.ts) or the plain scan (plain.ts). */
import { HashingError } from "../errors.ts";

/** 32-bit words of a hash, most significant first, as `pdqWords` gives them. */
export const WORDS = 8;
/** Slots have 24 bits, and the highest number marks an entry whose hash is gone. */
export const MOST_SLOTS = 2 ** 24 - 1;
/** Most results that one query can return; `total` counts all. Keeps an answer small, and the room for it fixed. */
export const MOST_RESULTS = 65_536;
/** Up to this distance the buckets answer; beyond it every hash is compared. */
export const INDEXED_DISTANCE = 31;
/** Distances come back as bytes. */
export const MOST_DISTANCE = 255;

/** Nearest first; among equal distances in no particular order. */
export interface Neighbours {
  /** How many hashes are within the distance, returned or not. */
  readonly total: number;
  readonly slots: Uint32Array<ArrayBuffer>;
  /** Bits that differ, for each of `slots`. */
  readonly distances: Uint8Array<ArrayBuffer>;
}

/**
 * A set of 256-bit hashes in one thread. Each lives in a slot, a small integer that is free again once its hash was
 * removed. What a hash stands for is the caller's to keep, by slot; so is folding equal hashes (`find`).
 *
 * Hashes are eight 32-bit words, many hashes one after another in one array. Everything is synchronous.
 */
export interface Shard {
  /** Most hashes that fit, at most 16,777,215. */
  readonly capacity: number;
  /** Hashes in it. */
  readonly size: number;
  /** Bytes of memory held. */
  readonly bytes: number;
  /** Hashes added or removed since they were last compacted. Above some percent of `size`, compacting pays. */
  readonly loose: number;
  /**
   * Adds a hash, even when an equal one is there, and returns its slot. A failed addition changes nothing.
   * Errors: `hashing/full`, `hashing/out-of-memory`.
   */
  add(hash: Uint32Array): number;
  /** Forgets the hash in this slot; false when there is none. */
  remove(slot: number): boolean;
  /** A slot that holds exactly this hash. */
  find(hash: Uint32Array): number | undefined;
  /** The hash in this slot. Error: `hashing/no-hash` when there is none. */
  hashAt(slot: number): Uint32Array<ArrayBuffer>;
  /**
   * All hashes within `distance` (0 to 255) of this one; the nearest `limit` (0 to 65,536) are returned.
   * Up to 31 by index, complete by construction; beyond that by comparing with every hash.
   * Error: `hashing/out-of-range`.
   */
  query(hash: Uint32Array, distance: number, limit: number): Neighbours;
  /** The same for many hashes (n x 8 words): faster than one by one where every hash has to be compared. */
  queryBatch(hashes: Uint32Array, distance: number, limit: number): Neighbours[];
  /**
   * Fills an empty shard with n x 8 words: hash number i lands in slot i. Much faster than n additions, and compact.
   * Errors: `hashing/shard-not-empty`, `hashing/full`, `hashing/out-of-memory`.
   */
  build(hashes: Uint32Array): void;
  /**
   * Sorts what was added and removed since into the contiguous part, one step at a time: each call moves about `budget`
   * entries (16 a hash; a million take about 10 ms). True while there is more to do in this round.
   * Queries, additions and removals may come between steps. Error: `hashing/out-of-memory` before a round begins.
   */
  compact(budget: number): boolean;
  /**
   * The shard as pieces to write one after another; `openShard` reads them. They are views of its memory: use each before
   * asking for the next. Error: `hashing/shard-changed` when the shard was changed before the last piece was taken.
   */
  save(): Iterable<Uint8Array<ArrayBuffer>>;
}

export function checkHash(hash: Uint32Array): void {
  if (hash.length !== WORDS) throw outOfRange(`A hash has ${WORDS} words; this one has ${hash.length}.`);
}

export function checkHashes(hashes: Uint32Array): void {
  if (hashes.length % WORDS !== 0)
    throw outOfRange(`Hashes have ${WORDS} words each; ${hashes.length} words are not whole hashes.`);
}

export function checkQuery(distance: number, limit: number): void {
  if (!isBetween(distance, 0, MOST_DISTANCE))
    throw outOfRange(`The distance is ${distance}; it can be 0 to ${MOST_DISTANCE}.`);
  if (!isBetween(limit, 0, MOST_RESULTS))
    throw outOfRange(`The limit is ${limit}; it can be 0 to ${MOST_RESULTS}.`);
}

export function checkCapacity(capacity: number): void {
  if (!isBetween(capacity, 1, MOST_SLOTS))
    throw outOfRange(`The capacity is ${capacity}; it can be 1 to ${MOST_SLOTS}.`);
}

/** Before a build: the shard is empty and the hashes fit. */
export function checkBuild(shard: Pick<Shard, "size" | "capacity">, hashes: Uint32Array): void {
  checkHashes(hashes);
  if (shard.size > 0)
    throw new HashingError(
      "hashing/shard-not-empty",
      `The shard holds ${shard.size} hashes already.`,
      "Build a new shard, or add the hashes one by one.",
    );
  if (hashes.length / WORDS > shard.capacity) throw full(shard.capacity);
}

export const full = (capacity: number): HashingError =>
  new HashingError(
    "hashing/full",
    `The shard holds ${capacity} hashes, and no more fit.`,
    "Put further hashes into another shard.",
  );

export const noHash = (slot: number): HashingError =>
  new HashingError("hashing/no-hash", `Slot ${slot} holds no hash.`);

export const changed = (): HashingError =>
  new HashingError(
    "hashing/shard-changed",
    "The shard was changed while it was being saved.",
    "Save again, and let changes wait until the last piece is taken.",
  );

export const damaged = (what: string): HashingError =>
  new HashingError(
    "hashing/shard-damaged",
    `This is no whole shard: ${what}.`,
    "Build it again from where its hashes came from.",
  );

const outOfRange = (message: string) => new HashingError("hashing/out-of-range", message);

const isBetween = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
