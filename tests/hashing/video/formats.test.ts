/** Bad vPDQ texts and TMK files are refused by name, and nothing of them is used. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareTmk, readTmk, readVpdq, writeTmk, writeVpdq, type Tmk } from "@wardline/hashing/video";
import { seededRandom } from "../../support/seeded.ts";
import { tmkOf } from "./support.ts";

const code = (name: string) =>
  expect.objectContaining({ code: `hashing/${name}`, advice: expect.any(String) });
const hash = "0123456789abcdef".repeat(4);

describe("a vPDQ text", () => {
  test("reads with either line break, and without the last one", () => {
    const frames = [
      { index: 0, quality: 100, hash, timestamp: 0 },
      { index: 30, quality: 7, hash, timestamp: 1.001 },
    ];
    expect(readVpdq(`0,100,${hash},0.000\r\n30,7,${hash},1.001`)).toEqual({ frames });
    expect(writeVpdq({ frames })).toBe(`0,100,${hash},0.000\n30,7,${hash},1.001\n`);
    expect(readVpdq("")).toEqual({ frames: [] });
  });

  test.each([
    ["an empty line", `\n0,100,${hash},0.000`, 1],
    ["a short hash", `0,100,${hash.slice(1)},0.000`, 1],
    ["upper case", `0,100,${hash.toUpperCase()},0.000`, 1],
    ["too much quality", `0,101,${hash},0.000`, 1],
    ["a negative time", `0,100,${hash},-1.000`, 1],
    ["a field too many", `0,100,${hash},0.000,x`, 1],
    ["other text", `0,100,${hash},0.000\nhello`, 2],
  ])("with %s is refused with its line", (_, text, line) => {
    expect(() => readVpdq(text)).toThrow(code("vpdq-format"));
    expect(() => readVpdq(text)).toThrow(`Line ${line} `);
  });
});

describe("a TMK file", () => {
  const numbers = (count: number, of: (at: number) => number) =>
    Float32Array.from({ length: count }, (_, at) => of(at));
  const tmk = (seed: number): Tmk => ({
    ...{
      framesPerSecond: 15,
      frameCount: 100,
      periods: [7, 11],
      coefficients: numbers(3, (at) => 1 / (at + 2)),
    },
    average: numbers(4, (at) => Math.sin(at + seed)),
    cosines: numbers(24, (at) => Math.sin(at * seed) / 3),
    sines: numbers(24, (at) => (Math.floor(at / 4) % 3 === 0 ? 0 : Math.cos(at * seed) / 3)),
  });
  const bytes = writeTmk(tmk(1));
  const changed = (at: number, value: number) => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setInt32(at, value, true);
    return copy;
  };

  test("reads back as it was written", () => {
    expect(readTmk(bytes)).toEqual(tmk(1));
  });

  test("is refused at every length but its own", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => readTmk(bytes.subarray(0, length))).toThrow(code("tmk-format"));
    expect(() => readTmk(new Uint8Array([...bytes, 0]))).toThrow(code("tmk-format"));
  });

  test.each([
    ["another beginning", changed(0, 7)],
    ["another feature algorithm", changed(8, 7)],
    ["no frames a second", changed(12, 0)],
    ["a negative number of periods", changed(16, -1)],
    ["two thousand million coefficients", changed(20, 2_000_000_000)],
    ["features of no length", changed(24, 0)],
    ["a period of no length", changed(32, 0)],
    ["a period of years", changed(36, 2_000_000_000)],
    ["a value that is no number", changed(40, 0x7fc00000)],
    ["an infinite value", changed(bytes.length - 4, 0x7f800000)],
  ])("with %s is refused", (_, bad) => {
    expect(() => readTmk(bad)).toThrow(code("tmk-format"));
  });

  test("of any bytes gives a hash that can be scored, or the refusal", () => {
    const flips = fc.array(fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) }), { minLength: 1 });
    fc.assert(
      fc.property(flips, (changes) => {
        const copy = bytes.slice();
        for (const { at, to } of changes) copy[at] = to;
        let outcome = "read";
        try {
          compareTmk(readTmk(copy), tmk(1));
        } catch (error) {
          outcome = (error as { code: string }).code;
        }
        expect(["read", "hashing/tmk-format", "hashing/tmk-incompatible"]).toContain(outcome);
      }),
    );
  });

  test("is compared only with one of the same parameters", () => {
    const score = compareTmk(tmk(1), tmk(1));
    expect(score.level1).toBeCloseTo(1, 6);
    for (const other of [
      { framesPerSecond: 30 },
      { periods: [7, 12] },
      { periods: [7] },
      { coefficients: numbers(3, (at) => 1 / (at + 3)) },
      { average: numbers(5, () => 1) },
    ])
      expect(() => compareTmk(tmk(1), { ...tmk(1), ...other })).toThrow(code("tmk-incompatible"));
  });

  test("finds the same video again when it begins later, whichever comes first", () => {
    const random = seededRandom("features");
    const scene = () => [...random(16)].map((byte) => byte - 128);
    const video = Array.from({ length: 40 }, scene);
    const [whole, later, other] = [video, [...video.slice(20), ...video.slice(0, 20)], video.map(scene)].map(
      tmkOf,
    ) as [...[Tmk, Tmk, Tmk]];
    expect(compareTmk(whole, whole).level2).toBeCloseTo(1, 1);
    expect(compareTmk(whole, later).level1).toBeCloseTo(1, 5);
    expect(compareTmk(whole, later).level2).toBeGreaterThan(0.5);
    expect(compareTmk(whole, other).level2).toBeLessThan(0.5);
    expect(compareTmk(whole, later).level2).toBeCloseTo(compareTmk(later, whole).level2, 5);
  });
});
