/**
 * PDQ: a 256-bit perceptual hash of a picture, its quality, and the hashes of its eight turns and mirrorings.
 * Convention `full`: the picture is hashed at its own size, without shrinking first. Pixels come in, decoding is not here.
 *
 * pixels -> kernel.ts (WebAssembly, hashing/kernels)       -> the eight hashes and the quality
 *        or plain.ts: luma.ts (64x64 means, axis.ts) -> quality.ts, transform.ts (16x16 cosine coefficients, median, bits)
 * hash.ts: the format of a hash, distance
 *
 * Source: the PDQ paper and reference of facebook/ThreatExchange.
 */
import { hashByKernel } from "./kernel.ts";
import { checkPixels, type Pixels } from "./pixels.ts";
import { hashPlainly } from "./plain.ts";
import { dihedralNames } from "./transform.ts";

export { HashingError } from "../errors.ts";
export { bitCount, hammingDistance, hammingWeight, parsePdq, pdqWords, wordDistance } from "./hash.ts";
export { dihedralNames } from "./transform.ts";
export type { Pixels } from "./pixels.ts";

export interface Pdq {
  /** 64 lower-case hexadecimal digits: the big-endian number whose bit 16 i + j belongs to coefficient (i, j). */
  hash: string;
  /** 0 to 100; below 50 the picture has too little structure for the hash to mean anything. */
  quality: number;
  /** The eight hashes in the order of `dihedralNames`; the first is `hash`. Query with all of them. */
  dihedral(): string[];
}

/**
 * Hashes one decoded picture. A picture with fewer than five rows or columns gets the zero hash with quality 0.
 * Error: `hashing/bad-pixels` when the data does not have width x height x channels bytes.
 */
export const pdqOfPixels = (pixels: Pixels): Pdq =>
  hashed(pixels, () => hashByKernel(pixels) ?? hashPlainly(pixels));

/** The same in plain TypeScript, bit for bit, whatever the machine can do: the judge in tests and benchmarks. */
export const pdqOfPixelsPlain = (pixels: Pixels): Pdq => hashed(pixels, () => hashPlainly(pixels));

const nothing = "0".repeat(64);

function hashed(pixels: Pixels, hash: () => { quality: number; hashes: string[] }): Pdq {
  if (!checkPixels(pixels))
    return { hash: nothing, quality: 0, dihedral: () => dihedralNames.map(() => nothing) };
  const { quality, hashes } = hash();
  return { hash: hashes[0] ?? nothing, quality, dihedral: () => hashes };
}
