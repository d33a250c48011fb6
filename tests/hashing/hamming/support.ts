/** Hashes for tests of the shard, and how two shards are held against each other. */
import { expect } from "vitest";
import { createShard, type Neighbours, type Shard } from "@wardline/hashing/hamming";
import { bitCount } from "@wardline/hashing/pdq";

/** Whole numbers below 2^32 that repeat with the seed (xorshift, Marsaglia 2003). */
export function numbers(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x2545f491) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

export const randomHashes = (count: number, next: () => number): Uint32Array =>
  Uint32Array.from({ length: count * 8 }, next);

export const hashOf = (hashes: Uint32Array, at: number): Uint32Array => hashes.slice(at * 8, at * 8 + 8);

export function flipped(hash: Uint32Array, bits: Iterable<number>): Uint32Array {
  const other = hash.slice();
  for (const bit of bits) other[bit >> 5] = ((other[bit >> 5] as number) ^ (1 << (bit & 31))) >>> 0;
  return other;
}

/** `count` different bits of 256. */
export function someBits(count: number, next: () => number): Set<number> {
  const bits = new Set<number>();
  while (bits.size < count) bits.add(next() % 256);
  return bits;
}

/** `count` different bits, as many in each 16-bit chunk as in any other, as the kernel cuts them (permutation.ts). */
export function evenBits(count: number, next: () => number): Set<number> {
  const bits = new Set<number>();
  const chunks = new Array<number>(16).fill(0);
  while (bits.size < count) {
    const bit = next() % 256;
    const chunk = chunkOf(bit);
    if (bits.has(bit) || (chunks[chunk] as number) >= Math.ceil(count / 16)) continue;
    chunks[chunk] = (chunks[chunk] as number) + 1;
    bits.add(bit);
  }
  return bits;
}

/** Row of a bit (16 bits each, in the order of memory) and place in it; the row is rotated by the Gray code of its number. */
function chunkOf(bit: number): number {
  const row = bit >> 4;
  return ((bit & 15) + (row ^ (row >> 1))) & 15;
}

export function distanceBetween(a: Uint32Array, b: Uint32Array): number {
  return a.reduce((sum, word, at) => sum + bitCount(word ^ (b[at] as number)), 0);
}

/** A shard with buckets and its plain twin, with the same hashes. */
export function twins(hashes: Uint32Array, capacity = hashes.length / 8): { shard: Shard; plain: Shard } {
  const shard = createShard({ capacity });
  const plain = createShard({ capacity, plain: true });
  shard.build(hashes);
  plain.build(hashes);
  return { shard, plain };
}

/** The same total, the same distances, and the same slots except among those that are as far as the last. */
export function expectSame(found: Neighbours, expected: Neighbours): void {
  expect(found.total).toBe(expected.total);
  expect([...found.distances]).toEqual([...expected.distances]);
  expect(nearerThanLast(found)).toEqual(nearerThanLast(expected));
}

function nearerThanLast({ total, slots, distances }: Neighbours): string[] {
  const last = total > slots.length ? (distances.at(-1) ?? 0) : 256;
  return [...slots.keys()]
    .filter((at) => (distances[at] as number) < last)
    .map((at) => `${slots[at]} at ${distances[at]}`)
    .sort();
}
