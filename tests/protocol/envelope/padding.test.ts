import fc from "fast-check";
import { expect, test } from "vitest";
import { LARGEST_PLAINTEXT, sizeClass } from "@wardline/protocol/envelope";
import { codeOf } from "../../support/codes.ts";

test.each([
  [0, 1024],
  [1024, 1024],
  [1025, 2048],
  [65_535, 65_536],
  [65_536, 65_536],
  [65_537, 67_584],
  [67_585, 69_632],
  [131_073, 135_168],
  [1_000_000, 1_015_808],
  [1_048_576, 1_048_576],
])("%d bytes are padded to %d", (length, padded) => {
  expect(sizeClass(length)).toBe(padded);
});

test("a class holds its text, wastes little, and is its own class", () => {
  const sound = (length: number) => {
    const padded = sizeClass(length);
    return padded >= length && sizeClass(padded) === padded && (length < 65_536 || padded <= length * 1.07);
  };
  fc.assert(fc.property(fc.integer({ min: 0, max: LARGEST_PLAINTEXT }), sound));
});

test("nothing larger than 1 MiB has a class", () => {
  expect(codeOf(() => sizeClass(LARGEST_PLAINTEXT + 1))).toBe("envelope/too-large");
});
