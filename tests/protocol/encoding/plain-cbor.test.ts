import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCbor, encodeCbor, plainCbor } from "@wardline/protocol/encoding";
import { given } from "../../support/codes.ts";

/** What the general encoder writes: a fraction beside the value sends both there. It takes a byte before and three behind. */
const general = (value: unknown) => encodeCbor([value, 0.5]).subarray(1, -3);

const sizes = [0, -0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 1 - 2 ** 53];

function values(names: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false, ...sizes, ...sizes.map((size) => -size)),
      fc.maxSafeInteger(),
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "grapheme-ascii", minLength: 60, maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie("value"), { maxLength: 30 }),
      fc.dictionary(names, fc.option(tie("value"), { nil: undefined }), { maxKeys: 30 }),
    ),
  })).value;
}

describe("plain CBOR", () => {
  test("is byte for byte what the general encoder writes", () => {
    const same = (value: unknown) => {
      const expected = general(value);
      expect(Buffer.compare(given(plainCbor(value, { sorted: true })), expected)).toBe(0);
      // Read from sorted bytes, its names are in order.
      expect(Buffer.compare(given(plainCbor(decodeCbor(expected), { sorted: false })), expected)).toBe(0);
    };
    fc.assert(fc.property(values(fc.stringMatching(/^[a-z][ -~]{0,70}$/)), same), { numRuns: 200 });
  });

  test("keeps names in their own order unless they are to be sorted", () => {
    const value = { b: 1, aa: 2, a: 3 };
    const bytes = (sorted: boolean) => Buffer.from(given(plainCbor(value, { sorted }))).toString("hex");
    expect([bytes(false), bytes(true)]).toEqual(["a361620162616102616103", "a361610361620162616102"]);
  });

  test("stands behind what comes before it, however long, in memory of its own", () => {
    const head = Uint8Array.of(7, 8, 9);
    for (const length of [0, 1, 200_000, 3_000_000]) {
      const value = { b: new Uint8Array(length).fill(5), p: "x".repeat(length), t: "ü".repeat(length) };
      const first = given(plainCbor(value, { head, sorted: false }));
      plainCbor({ other: "value" }, { sorted: false });
      expect(first.subarray(0, 3)).toEqual(head);
      expect(Buffer.compare(first.subarray(3), general(value))).toBe(0);
      expect(first.buffer.byteLength).toBe(first.length);
    }
  });

  test("is not made of what is more than plain", () => {
    const others = [
      undefined,
      1n,
      0.5,
      NaN,
      2 ** 53,
      new Map(),
      new Date(0),
      [undefined],
      { a: [1n] },
      { ü: 1 },
    ];
    for (const other of [...others, new Float64Array(1), Symbol("no"), () => 1])
      expect(plainCbor(other, { sorted: true })).toBeUndefined();
  });
});
