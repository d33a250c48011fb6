/** Entries of a bulk build, gathered until all are there: then equal hashes are folded and the shard is laid out at once. */
import type { Facts } from "./facts.ts";

const WORDS = 8;
const FACT_WORDS = 3;
const WORD_BYTES = 4;
/** Entries of memory taken at once. */
const STEP = 65_536;

export interface Staged {
  readonly count: number;
  /** `WORDS` for each. */
  readonly hashes: Uint32Array;
  factsAt(at: number): Facts;
}

export interface Staging extends Staged {
  /** Gives its memory back at once: a thread at rest collects no garbage for long. */
  release(): void;
  add(facts: Facts, hash: Uint32Array): void;
}

/** Memory grows as entries come, without copying: only addresses are taken for the most that may come. */
export function createStaging(most: number): Staging {
  const hashes = growing(most, WORDS);
  const facts = growing(most, FACT_WORDS);
  let count = 0;
  return {
    get count() {
      return count;
    },
    get hashes() {
      return hashes.words;
    },
    factsAt: (at) => ({
      a: facts.words[at * FACT_WORDS] as number,
      b: facts.words[at * FACT_WORDS + 1] as number,
      c: facts.words[at * FACT_WORDS + 2] as number,
    }),
    add({ a, b, c }, hash) {
      hashes.reserve(count + 1);
      facts.reserve(count + 1);
      hashes.words.set(hash, count * WORDS);
      facts.words.set([a, b, c], count * FACT_WORDS);
      count++;
    },
    release() {
      hashes.release();
      facts.release();
    },
  };
}

function growing(most: number, width: number) {
  const room = Math.ceil(most / STEP) * STEP;
  const buffer = new ArrayBuffer(0, { maxByteLength: room * width * WORD_BYTES });
  const words = new Uint32Array(buffer);
  return {
    words,
    release: () => buffer.resize(0),
    reserve(count: number) {
      const needed = count * width * WORD_BYTES;
      if (needed > buffer.byteLength) buffer.resize(buffer.byteLength + STEP * width * WORD_BYTES);
    },
  };
}

/** Numbers different hashes from 0 on, in the order in which they come. */
export function createFolding(most: number) {
  const unique = new Uint32Array(most * WORDS);
  /** Places in an open hash table: 1 + the number of a hash, at most two thirds full. */
  const places = new Uint32Array(Math.ceil(most * 1.5) + 1);
  let count = 0;
  const isAt = (number: number, hashes: Uint32Array, start: number) => {
    for (let word = 0; word < WORDS; word++)
      if (unique[number * WORDS + word] !== hashes[start + word]) return false;
    return true;
  };
  return {
    get count() {
      return count;
    },
    /** The number of hash `at`; what `count` was before, when it is new. */
    slotOf(hashes: Uint32Array, at: number): number {
      const start = at * WORDS;
      // By the upper bits: a shard holds hashes whose lower ones are alike.
      let place = Math.floor((mixed(hashes, start) / 2 ** 32) * places.length);
      for (; places[place] !== 0; place = place + 1 === places.length ? 0 : place + 1) {
        const number = (places[place] as number) - 1;
        if (isAt(number, hashes, start)) return number;
      }
      for (let word = 0; word < WORDS; word++) unique[count * WORDS + word] = hashes[start + word] as number;
      places[place] = ++count;
      return count - 1;
    },
    hashes: () => unique.subarray(0, count * WORDS),
    /** As of staging. */
    release() {
      unique.buffer.transfer(0);
      places.buffer.transfer(0);
    },
  };
}

/** All words count, since near-equal hashes differ anywhere. */
export function mixed(hashes: Uint32Array, start: number): number {
  let sum = 0;
  for (let word = 0; word < WORDS; word++) {
    sum = Math.imul(sum ^ (hashes[start + word] as number), 0x85ebca6b);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
}
