import { decode } from "cborg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCbor, readPlainCbor } from "@wardline/protocol/encoding";

const sizes = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 1 - 2 ** 53];
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, ...sizes, ...sizes.map((size) => 0 - size)),
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(fc.stringMatching(/^[a-z][ -~]{0,70}$/), tie("value"), { maxKeys: 30 }),
  ),
}));
const read = (hexadecimal: string, sorted = true) =>
  readPlainCbor(Uint8Array.fromHex(hexadecimal), { sorted });

describe("reading plain CBOR", () => {
  test("gives what the general decoder gives", () => {
    const same = (value: unknown) => {
      const bytes = encodeCbor(value);
      for (const sorted of [true, false]) expect(readPlainCbor(bytes, { sorted })).toEqual(decode(bytes));
    };
    fc.assert(fc.property(values, same), { numRuns: 200 });
  });

  test("gives bytes that are a copy, also out of a buffer", () => {
    const bytes = Buffer.from([0x42, 1, 2]);
    const copy = readPlainCbor(bytes, { sorted: true });
    bytes.fill(0);
    expect(copy).toStrictEqual(Uint8Array.of(1, 2));
  });

  test.each([
    ["nothing", ""],
    ["a longer form of a number", "1817"],
    ["a longer form of a length", "5900010a"],
    ["a number that is not safe", "1b0020000000000000"],
    ["a negative number that is not safe", "3b001fffffffffffff"],
    ["an end in the middle of a number", "19ff"],
    ["an end in the middle of bytes", "4201"],
    ["an end in the middle of text", "6261"],
    ["fewer values than were said", "9affffffff00"],
    ["fewer fields than were said", "a2616101"],
    ["bytes that follow", "0000"],
    ["an indefinite length", "9f00ff"],
    ["undefined", "f7"],
    ["a fraction", "f93800"],
    ["a tag", "c000"],
    ["text beyond ASCII", "62c3bc"],
    ["a name that is no text", "a10101"],
    ["a name that would not be a field", "a1695f5f70726f746f5f5f01"],
    ["nesting without end", "81".repeat(40) + "00"],
  ])("leaves %s to the general decoder", (_, bytes) => {
    expect(read(bytes)).toBeUndefined();
    expect(read(bytes, false)).toBeUndefined();
  });

  test("knows names in their order, each once, when they must be", () => {
    for (const bytes of ["a2616201616102", "a262616101616102", "a2616101616102"]) {
      expect(read(bytes)).toBeUndefined();
      expect(read(bytes, false)).toBeTypeOf("object");
    }
    expect(read("a361610361620162616102")).toEqual({ a: 3, b: 1, aa: 2 });
  });
});
