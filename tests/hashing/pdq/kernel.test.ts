/** The kernel against its plain twin: the same bits, for every size, layout and content. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pdqOfPixels, pdqOfPixelsPlain, type Pixels } from "@wardline/hashing/pdq";
import { hashByKernel } from "../../../hashing/pdq/kernel.ts";
import { hashPlainly } from "../../../hashing/pdq/plain.ts";
import { seeded } from "./samples.ts";

const channels = fc.constantFrom<Pixels["channels"]>(1, 2, 3, 4);
const size = fc.integer({ min: 5, max: 400 });

/** Contents that stress sums and ties: noise, extremes, waves, flat and symmetric pictures. */
const contents: Record<string, (random: () => number, at: number) => number> = {
  noise: (random) => random(),
  extremes: (random) => (random() < 128 ? 0 : 255),
  white: () => 255,
  black: () => 0,
  waves: (random, at) => 128 + 90 * Math.sin(at / 97) + (random() >> 4),
  steps: (_, at) => (at >> 5) & 0xff,
};

/** A picture that begins somewhere inside a buffer, as decoders hand them out. */
function pixelsOf(kind: string, width: number, height: number, of: Pixels["channels"], seed: number): Pixels {
  const random = seeded(seed);
  const offset = seed % 7;
  const length = width * height * of;
  const data = new Uint8Array(length + offset + 3).subarray(offset, offset + length);
  const content = contents[kind] ?? random;
  for (let at = 0; at < length; at++) data[at] = content(random, at);
  return { data, width, height, channels: of };
}

function expectSame(pixels: Pixels): void {
  const ours = hashByKernel(pixels);
  expect(ours).toBeDefined();
  expect(ours).toEqual(hashPlainly(pixels));
}

describe("the kernel gives the bits of the plain twin", () => {
  test("for any size, number of channels, place in a buffer and content", () => {
    const kind = fc.constantFrom(...Object.keys(contents));
    fc.assert(
      fc.property(kind, size, size, channels, fc.nat(), (...picture) => expectSame(pixelsOf(...picture))),
      { numRuns: 150 },
    );
  });

  // Windows of 1, even and odd ones, sums beyond 16 bits, more rows than one band holds, the largest sides allowed.
  test.each([
    [5, 5, 3],
    [64, 64, 3],
    [128, 129, 1],
    [127, 257, 2],
    [2049, 9, 3],
    [7, 4097, 4],
    [700, 2300, 3],
    [65_536, 6, 4],
    [5, 32_768, 4],
    [16_000, 66, 3],
  ] as const)("for %i x %i with %i channels, noisy and white", (width, height, of) => {
    expectSame(pixelsOf("noise", width, height, of, 11));
    expectSame(pixelsOf("white", width, height, of, 12));
  });
});

test("what one picture leaves in the kernel's memory does not touch the next", () => {
  const small = pixelsOf("noise", 33, 21, 3, 5);
  const alone = pdqOfPixelsPlain(small);
  for (const kind of Object.keys(contents)) {
    pdqOfPixels(pixelsOf(kind, 611, 207, 4, 3));
    const again = pdqOfPixels(small);
    expect([again.quality, again.dihedral()]).toEqual([alone.quality, alone.dihedral()]);
  }
});

test("a picture beyond the kernel's sides is hashed by the plain twin", () => {
  const long = pixelsOf("waves", 70_000, 6, 1, 1);
  expect(hashByKernel(long)).toBeUndefined();
  expect(pdqOfPixels(long).dihedral()).toEqual(pdqOfPixelsPlain(long).dihedral());
});
