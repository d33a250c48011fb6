import fc from "fast-check";
import { expect, test } from "vitest";
import { base64, hex, text, unbase64, unhex, utf8 } from "@wardline/protocol/encoding";
import { codeOf } from "../../support/codes.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

test("every spelling gives the bytes back", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      expect(unhex(hex(value))).toEqual(value);
      expect(unbase64(base64(value))).toEqual(value);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      expect(text(utf8(value))).toBe(value);
    }),
  );
});

test("a byte order mark is kept, half a character refused", () => {
  expect(text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  expect(codeOf(() => utf8("\ud800"))).toBe("encoding/invalid-utf8");
  expect(codeOf(() => text(Uint8Array.of(0xc0, 0x80)))).toBe("encoding/invalid-utf8");
});

test.each(["0", "0G", "AB", " 00", "0x00", "00\n"])("hexadecimal has one form: %j is refused", (value) => {
  expect(codeOf(() => unhex(value))).toBe("encoding/invalid-hex");
});

test("hexadecimal of another length is refused", () => {
  expect(unhex("00ff", 2)).toEqual(Uint8Array.of(0, 255));
  expect(codeOf(() => unhex("00ff", 3))).toBe("encoding/invalid-hex");
});

test.each(["AR==", "AQ", "AQ= =", "AQ==\n", "_-==", "A"])("base64 has one form: %j is refused", (value) => {
  expect(codeOf(() => unbase64(value))).toBe("encoding/invalid-base64");
});
