import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hammingDistance, hammingWeight, HashingError, parsePdq } from "@wardline/hashing/pdq";
import { describeWithVectors } from "../../support/vectors.ts";

const ordinary = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (error instanceof HashingError) return error.code;
    throw error;
  }
  return "accepted";
};

describe("a hash from outside", () => {
  test("is returned as it is when it is one", () => expect(parsePdq(ordinary)).toBe(ordinary));

  test.each([
    ["empty", ""],
    ["too short", ordinary.slice(1)],
    ["too long", `${ordinary}0`],
    ["a line end behind it", `${ordinary}\n`],
    ["a letter that is no digit", `${ordinary.slice(1)}g`],
    ["upper case", ordinary.toUpperCase()],
  ])("is refused when %s", (_, hash) => expect(codeOf(() => parsePdq(hash))).toBe("hashing/pdq-format"));

  test.each([
    ["all zero", "0".repeat(64)],
    ["all one", "f".repeat(64)],
    ["nearly all zero", "0".repeat(57) + "7fffffff".slice(1)],
    ["nearly all one", "f".repeat(57) + "8000000"],
  ])("is refused when it is %s", (_, hash) =>
    expect(codeOf(() => parsePdq(hash))).toBe("hashing/pdq-constant"),
  );

  test("is accepted from 32 bits on, either way", () => {
    expect(parsePdq("0".repeat(56) + "ffffffff")).toHaveLength(64);
    expect(parsePdq("f".repeat(56) + "00000000")).toHaveLength(64);
  });
});

describeWithVectors("pdq", "format cases of others", (folder) => {
  const cases = JSON.parse(readFileSync(`${folder}index-and-format-cases.json`, "utf8")) as {
    hash_format: { invalid: string[]; norms: Record<string, number> };
    compare: { a: string; b: string; distance: number };
  };
  test("invalid hashes are refused", () => {
    for (const hash of cases.hash_format.invalid)
      expect(codeOf(() => parsePdq(hash))).toBe("hashing/pdq-format");
  });
  test("weights and distances agree", () => {
    for (const [hash, norm] of Object.entries(cases.hash_format.norms))
      expect(hammingWeight(hash)).toBe(norm);
    expect(hammingDistance(cases.compare.a, cases.compare.b)).toBe(cases.compare.distance);
  });
});

describeWithVectors("hamming", "distances of others", (folder) => {
  const lines = (file: string) =>
    readFileSync(folder + file, "utf8")
      .trimEnd()
      .split("\n");

  test("all pairs of the long list", () => {
    const hashes = lines("long256.dat");
    const expected = lines("long256-distance-matrix-expected.txt").map((line) =>
      line.trim().split(/\s+/).map(Number),
    );
    expect(hashes.map((a) => hashes.map((b) => hammingDistance(a, b)))).toEqual(expected);
  });

  test("weights of the short list", () => {
    const expected = lines("hashtool256-short256-expected.txt").slice(1, 7);
    expect(lines("short256.dat").map((hash) => `${hash} ${hammingWeight(hash)}`)).toEqual(expected);
  });
});
