import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeCbor,
  encodeCbor,
  parseStrictJson,
  unhex,
  utf8,
  writeStrictJson,
} from "@wardline/protocol/encoding";
import { codeOf } from "../../support/codes.ts";

describe("strict JSON", () => {
  test("reads what JSON.parse reads when no key is doubled", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (source) => {
        expect(parseStrictJson(utf8(source))).toEqual(JSON.parse(source));
      }),
    );
  });

  test.each([
    ["duplicate-key", '{"a":1,"a":1}'],
    ["duplicate-key", '{"a":1,"\\u0061":2}'],
    ["duplicate-key", '[{"x":{"b":[],"b":":"}}]'],
    ["duplicate-key", '{"__proto__":1,"__proto__":2}'],
    ["invalid-json", ""],
    ["invalid-json", "[1,]"],
    ["invalid-json", "{} {}"],
    ["invalid-json", "\ufeff{}"],
    ["invalid-json", '"\\ud800"'],
    ["invalid-json", '{"\\ud800":1}'],
    ["invalid-json", "[1e999]"],
    ["invalid-json", "NaN"],
    ["too-deep", "[".repeat(65) + "]".repeat(65)],
    ["too-deep", "[".repeat(200_000) + "]".repeat(200_000)],
  ])("refuses as %s: %.40s", (code, source) => {
    expect(codeOf(() => parseStrictJson(utf8(source)))).toBe(`encoding/${code}`);
  });

  test("keys of different objects, and strings that look like keys, are no duplicates", () => {
    const source = '[{"a":1},{"a":{"a":"\\":\\\\"}},"a:","a:"]';
    expect(parseStrictJson(utf8(source))).toEqual(JSON.parse(source));
    expect(parseStrictJson(utf8('"\\ud83d\\ude00"'))).toBe("😀");
  });

  test("what is written is read again, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" })),
        (value) => {
          fc.pre(!Object.hasOwn(value, "__proto__"));
          expect(parseStrictJson(writeStrictJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
    expect(writeStrictJson({ a: undefined, b: "\u0000" })).toEqual(utf8('{"b":"\\u0000"}'));
  });

  const deep = (levels: number): object => (levels === 1 ? {} : { a: deep(levels - 1) });
  test.each([
    ["invalid-json", { a: "\ud800" }],
    ["invalid-json", { "\udfff": 1 }],
    ["invalid-json", { a: [NaN] }],
    ["invalid-json", { a: Infinity }],
    ["too-deep", deep(65)],
  ])("is not written, as %s: %j", (code, value) => {
    expect(codeOf(() => writeStrictJson(value))).toBe(`encoding/${code}`);
  });

  test("a string of megabytes is read", () => {
    const source = JSON.stringify('\\"'.repeat(1_000_000));
    expect(parseStrictJson(utf8(source))).toHaveLength(2_000_000);
  });

  test("invalid UTF-8 is refused before anything is read", () => {
    expect(codeOf(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22)))).toBe("encoding/invalid-utf8");
  });
});

describe("deterministic CBOR", () => {
  test("gives every value back, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        const encoded = encodeCbor(value);
        expect(encodeCbor(turned)).toEqual(encoded);
        expect(encodeCbor(decodeCbor(encoded))).toEqual(encoded);
      }),
    );
  });

  test("follows the order of RFC 8949 and leaves out what is undefined", () => {
    expect(encodeCbor({ aa: 1, b: Uint8Array.of(7), c: undefined })).toEqual(unhex("a26162410762616101"));
  });

  test.each([
    ["an integer in a longer form", "1801"],
    ["keys out of order", "a2616201616101"],
    ["a key twice", "a2616101616102"],
    ["an indefinite length", "9fff"],
    ["undefined", "f7"],
    ["a float that is an integer", "f93c00"],
    ["a longer float than needed", "fb3ff8000000000000"],
    ["trailing bytes", "0101"],
    ["a cut", "6261"],
    ["a key that is no string", "a10102"],
    ["an unknown tag", "c101"],
    ["endless nesting", "81".repeat(200_000)],
    ["nothing", ""],
  ])("refuses %s", (_name, encoded) => {
    expect(codeOf(() => decodeCbor(unhex(encoded)))).toBe("encoding/invalid-cbor");
  });

  test("refuses to write what it could not read", () => {
    expect(codeOf(() => encodeCbor({ when: new Date(0) }))).toBe("encoding/unsupported-value");
  });
});
