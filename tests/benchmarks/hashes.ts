/** Made-up PDQ hashes for benchmarks: the same ones for the same seed, on every machine. Eight words a hash. */
import { createCipheriv } from "node:crypto";

const WORDS = 8;
const BITS = 256;

/** Draws numbers as long as anybody asks: AES in counter mode, which is fast and evenly spread. */
export function createDraw(seed: number) {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(seed);
  const cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  /** This many evenly spread words. */
  const words = (count: number): Uint32Array => {
    const out = new Uint32Array(count);
    const bytes = Buffer.from(out.buffer);
    const zeros = Buffer.alloc(Math.min(bytes.length, 1 << 20));
    for (let at = 0; at < bytes.length; at += zeros.length)
      cipher.update(zeros.subarray(0, bytes.length - at)).copy(bytes, at);
    return out;
  };
  let pool = words(1 << 14);
  let next = 0;
  /** A number from 0 to `below` - 1. */
  const below = (limit: number): number => {
    if (next === pool.length) [pool, next] = [words(pool.length), 0];
    return Math.floor(((pool[next++] ?? 0) / 2 ** 32) * limit);
  };
  return { words, below };
}
type Draw = ReturnType<typeof createDraw>;

/** Evenly spread bits: as unlike each other as hashes can be. */
export const randomHashes = (count: number, seed: number): Uint32Array =>
  createDraw(seed).words(count * WORDS);

/** Of the largest family: as many pictures of one series as lists hold. */
export const MOST_IN_FAMILY = 20_000;
/** Bits in which members of a family differ from its first at most. */
const SPREAD = 20;

/**
 * As real lists are: half of the hashes stand alone, the others in families of copies that were resized, cut and saved
 * again. Few families are large and many are small: of those with more than n members half have more than 2 n.
 */
export function clusteredHashes(count: number, seed: number): Uint32Array {
  const draw = createDraw(seed);
  const hashes = draw.words(count * WORDS);
  for (let at = count >> 1; at < count;) {
    const size = Math.min(MOST_IN_FAMILY, Math.ceil(5 / (1 - draw.below(1e6) / 1e6)));
    const first = hashes.slice(at * WORDS, (at + 1) * WORDS);
    for (const end = Math.min(count, at + size); at < end; at++)
      hashes.set(flipped(first, draw.below(SPREAD + 1), draw), at * WORDS);
  }
  return hashes;
}

/** Queries beside stored hashes, at distances that match and that just do not, and as many that are like nothing. */
export function queriesNear(hashes: Uint32Array, count: number, seed: number): Uint32Array {
  const draw = createDraw(seed);
  const queries = draw.words(count * WORDS);
  const stored = hashes.length / WORDS;
  for (let query = 0; query < count; query += 2)
    queries.set(beside(hashes, draw.below(stored), 36, draw), query * WORDS);
  return queries;
}

/** Queries that each are one more copy in a family of `clusteredHashes`. */
export function queriesInFamilies(hashes: Uint32Array, count: number, seed: number): Uint32Array {
  const draw = createDraw(seed);
  const queries = new Uint32Array(count * WORDS);
  const half = hashes.length / WORDS / 2;
  for (let query = 0; query < count; query++)
    queries.set(beside(hashes, Math.ceil(half) + draw.below(Math.floor(half)), SPREAD, draw), query * WORDS);
  return queries;
}

const beside = (hashes: Uint32Array, stored: number, below: number, draw: Draw) =>
  flipped(hashes.subarray(stored * WORDS, (stored + 1) * WORDS), draw.below(below), draw);

function flipped(hash: Uint32Array, flips: number, draw: Draw): Uint32Array {
  const out = hash.slice();
  const bits = new Set<number>();
  while (bits.size < flips) bits.add(draw.below(BITS));
  for (const bit of bits) out[bit >> 5] = (out[bit >> 5] ?? 0) ^ (1 << (bit & 31));
  return out;
}
