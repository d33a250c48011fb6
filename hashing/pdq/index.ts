/**
 * PDQ: a 256-bit perceptual hash of a picture, its quality, and the hashes of its eight turns and mirrorings.
 * Convention `full`: the picture is hashed at its own size, without shrinking first. Pixels come in, decoding is not here.
 *
 * pixels -> luma.ts (64x64 means) -> quality.ts
 *                                 -> transform.ts (16x16 cosine coefficients, median, bits) -> hash.ts (format, distance)
 *
 * Source: the PDQ paper and reference of facebook/ThreatExchange.
 */
import { sampleLuma, type Pixels } from "./luma.ts";
import { qualityOf } from "./quality.ts";
import { bitsOf, cosineTransform, dihedralNames, turned } from "./transform.ts";

export { HashingError } from "../errors.ts";
export { bitCount, hammingDistance, hammingWeight, parsePdq, pdqWords } from "./hash.ts";
export { dihedralNames } from "./transform.ts";
export type { Pixels } from "./luma.ts";

export interface Pdq {
  /** 64 lower-case hexadecimal digits: the big-endian number whose bit 16 i + j belongs to coefficient (i, j). */
  hash: string;
  /** 0 to 100; below 50 the picture has too little structure for the hash to mean anything. */
  quality: number;
  /** The eight hashes in the order of `dihedralNames`; the first is `hash`. Query with all of them. */
  dihedral(): string[];
}

const nothing = "0".repeat(64);

/**
 * Hashes one decoded picture. A picture with fewer than five rows or columns gets the zero hash with quality 0.
 * Errors: `hashing/bad-pixels` when the data does not have width x height x channels bytes.
 */
export function pdqOfPixels(pixels: Pixels): Pdq {
  const luma = sampleLuma(pixels);
  if (luma === undefined)
    return { hash: nothing, quality: 0, dihedral: () => dihedralNames.map(() => nothing) };
  const coefficients = cosineTransform(luma);
  return {
    hash: bitsOf(coefficients),
    quality: qualityOf(luma),
    dihedral: () => dihedralNames.map((name) => bitsOf(turned(coefficients, name))),
  };
}
