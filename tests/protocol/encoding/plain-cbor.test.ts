import { encode, rfc8949EncodeOptions } from "cborg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCbor, plainCbor } from "@wardline/protocol/encoding";
import { given } from "../../support/codes.ts";

const general = {
  inOrder: (value: unknown) => encode(value, { ignoreUndefinedProperties: true, mapSorter: undefined }),
  sorted: (value: unknown) => encode(value, { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true }),
};

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
  test("is byte for byte what the general encoder writes, with names in order and sorted", () => {
    const same = (value: unknown) => {
      const [inOrder, sorted] = [false, true].map((sorted) => given(plainCbor(value, { sorted })));
      expect(Buffer.compare(given(inOrder), general.inOrder(value))).toBe(0);
      expect(Buffer.compare(given(sorted), general.sorted(value))).toBe(0);
    };
    const names = fc.string({ unit: "grapheme-ascii", maxLength: 70 });
    fc.assert(fc.property(values(names), same), { numRuns: 200 });
  });

  test("stands behind what comes before it, however long, in memory of its own", () => {
    const head = Uint8Array.of(7, 8, 9);
    for (const length of [0, 1, 200_000, 3_000_000]) {
      const value = { t: "ü".repeat(length), b: new Uint8Array(length).fill(5), p: "x".repeat(length) };
      const first = given(plainCbor(value, { head, sorted: false }));
      plainCbor({ other: "value" }, { sorted: false });
      expect(first.subarray(0, 3)).toEqual(head);
      expect(Buffer.compare(first.subarray(3), general.inOrder(value))).toBe(0);
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

test("deterministic CBOR of anything is what the general encoder writes", () => {
  const anything = values(fc.string({ unit: "binary" }));
  const more = fc.oneof(anything, fc.array(fc.oneof(anything, fc.double(), fc.bigInt(0n, 2n ** 64n - 1n))));
  const same = (value: unknown) =>
    void expect(Buffer.compare(encodeCbor(value), general.sorted(value))).toBe(0);
  fc.assert(fc.property(more, same), { numRuns: 150 });
});
