/** PDQ hashes as text and as words: the format, what is refused at import, and the distance between two. */
import { HashingError } from "../errors.ts";

const format = /^[0-9a-f]{64}$/;

/**
 * A hash within this distance of all zeros or all ones is refused at import. It comes from flat or broken pictures,
 * and at the usual match distance of 31 it would match every other such hash.
 */
const nearlyConstant = 31;

/**
 * Checks a hash that comes from outside and returns it. Errors: `hashing/pdq-format` (not 64 lower-case hexadecimal
 * digits), `hashing/pdq-constant` (all zero, all one, or nearly so).
 */
export function parsePdq(hash: string): string {
  const weight = hammingWeight(hash);
  if (weight <= nearlyConstant || weight >= 256 - nearlyConstant) {
    throw new HashingError(
      "hashing/pdq-constant",
      `The PDQ hash has ${weight} of 256 bits set: it comes from a flat picture and would match every other flat one.`,
      "Leave this entry out of the list.",
    );
  }
  return hash;
}

/** The number of bits in which two hashes differ, 0 to 256. Error: `hashing/pdq-format`. */
export function hammingDistance(a: string, b: string): number {
  return wordDistance(pdqWords(a), pdqWords(b));
}

/** As `hammingDistance`, of two hashes as `pdqWords` gives them. */
export function wordDistance(a: Uint32Array, b: Uint32Array): number {
  let distance = 0;
  for (let word = 0; word < 8; word++) distance += bitCount((a[word] as number) ^ (b[word] as number));
  return distance;
}

/** The number of bits set, 0 to 256. Error: `hashing/pdq-format`. */
export function hammingWeight(hash: string): number {
  return pdqWords(hash).reduce((sum, word) => sum + bitCount(word), 0);
}

/** A hash as eight 32-bit words, most significant first. Error: `hashing/pdq-format`. */
export function pdqWords(hash: string): Uint32Array {
  if (!format.test(hash)) {
    throw new HashingError(
      "hashing/pdq-format",
      "A PDQ hash has 64 lower-case hexadecimal digits; this one has not.",
      "Check that the column really holds PDQ hashes, in lower case.",
    );
  }
  return Uint32Array.from({ length: 8 }, (_, word) => parseInt(hash.slice(word * 8, word * 8 + 8), 16));
}

/** Bits set in a 32-bit word (Hacker's Delight, 5-2). */
export function bitCount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
