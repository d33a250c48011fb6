/** PDQ in plain TypeScript: judges the kernel in tests, and serves where it cannot. */
import { sampleLuma } from "./luma.ts";
import type { Pixels } from "./pixels.ts";
import { qualityOf } from "./quality.ts";
import { bitsOf, cosineTransform, dihedralNames, turned } from "./transform.ts";

/** Quality, and the eight hashes in the order of `dihedralNames`, of a picture that is large enough. */
export function hashPlainly(pixels: Pixels): { quality: number; hashes: string[] } {
  const luma = sampleLuma(pixels);
  const coefficients = cosineTransform(luma);
  return {
    quality: qualityOf(luma),
    hashes: dihedralNames.map((name) => bitsOf(turned(coefficients, name))),
  };
}
