import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dihedralNames, pdqOfPixels, type Pixels } from "@wardline/hashing/pdq";
import { sampleLuma } from "../../../hashing/pdq/luma.ts";
import { literalLuma } from "./literal.ts";
import { noise } from "./samples.ts";

describe("the 64x64 samples", () => {
  test("are those of the written definition, for any size and number of channels", () => {
    const size = fc.integer({ min: 5, max: 420 });
    fc.assert(
      fc.property(size, size, fc.constantFrom(1, 2, 3, 4), fc.nat(), (width, height, channels, seed) => {
        const pixels = noise(width, height, channels as Pixels["channels"], seed);
        const expected = literalLuma(pixels);
        const worst = sampleLuma(pixels).reduce(
          (most, v, at) => Math.max(most, Math.abs(v - (expected[at] ?? NaN))),
          0,
        );
        expect(worst).toBeLessThan(5e-3); // single precision drifts along a line; a wrong weight is off by whole units
      }),
      { numRuns: 25 },
    );
  });

  test("of a 64x64 picture are its own pixels, unfiltered", () => {
    const pixels = noise(64, 64, 1, 7);
    expect(Array.from(sampleLuma(pixels))).toEqual(Array.from(pixels.data));
  });
});

describe("a picture", () => {
  test("with fewer than five rows or columns has the zero hash, eight times, and quality 0", () => {
    for (const [width, height] of [
      [4, 100],
      [100, 4],
      [1, 1],
    ] as const) {
      const pdq = pdqOfPixels(noise(width, height, 3, 1));
      expect(pdq).toMatchObject({ hash: "0".repeat(64), quality: 0 });
      expect(pdq.dihedral()).toEqual(dihedralNames.map(() => "0".repeat(64)));
    }
  });

  test("that is flat has quality 0", () => {
    expect(
      pdqOfPixels({ data: new Uint8Array(90_000).fill(120), width: 300, height: 300, channels: 1 }).quality,
    ).toBe(0);
  });

  test("hashes the same with and without alpha", () => {
    const rgb = noise(90, 70, 3, 3);
    const rgba = new Uint8Array(90 * 70 * 4).map((_, at) =>
      at % 4 === 3 ? at & 0xff : (rgb.data[(at >> 2) * 3 + (at % 4)] ?? 0),
    );
    expect(pdqOfPixels({ ...rgb, data: rgba, channels: 4 }).hash).toBe(pdqOfPixels(rgb).hash);
  });

  test("whose data does not fit its size is refused", () => {
    expect(() => pdqOfPixels({ data: new Uint8Array(10), width: 5, height: 5, channels: 3 })).toThrow(
      expect.objectContaining({ code: "hashing/bad-pixels" }),
    );
  });
});
