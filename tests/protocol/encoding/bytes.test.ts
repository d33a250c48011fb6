import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ByteReader,
  ByteWriter,
  concat,
  equalBytes,
  pae,
  release,
  sha256,
  systemRandom,
  utf8,
  withPae,
  withScratch,
} from "@wardline/protocol/encoding";
import { codeOf } from "../../support/codes.ts";

test("fields are read as they were written", () => {
  const fields = fc.tuple(fc.nat(255), fc.nat(65535), fc.nat(0xffffffff), fc.maxSafeNat(), fc.uint8Array());
  fc.assert(
    fc.property(fields, ([a, b, c, d, e]) => {
      const written = new ByteWriter().u8(a).u16(b).u32(c).u64(d).bytes(e).finish();
      const reader = new ByteReader(written);
      expect([reader.u8(), reader.u16(), reader.u32(), reader.u64(), reader.bytes(e.length)]).toEqual([
        a,
        b,
        c,
        d,
        e,
      ]);
      reader.end();
      expect(reader.offset).toBe(written.length);
    }),
  );
});

test("integers are big-endian", () => {
  expect(new ByteWriter().u16(0x0102).u64(258).finish()).toEqual(Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 1, 2));
});

test("nothing is read past the end, left over, or silently shortened", () => {
  expect(codeOf(() => new ByteReader(new Uint8Array(3)).u32())).toBe("encoding/truncated");
  expect(codeOf(() => new ByteReader(new Uint8Array(3)).bytes(-1))).toBe("encoding/truncated");
  expect(codeOf(() => new ByteReader(new Uint8Array(3)).end())).toBe("encoding/trailing-bytes");
  expect(codeOf(() => new ByteReader(new Uint8Array(8).fill(255)).u64())).toBe("encoding/out-of-range");
  for (const value of [-1, 256, 1.5, NaN]) {
    expect(codeOf(() => new ByteWriter().u8(value))).toBe("encoding/out-of-range");
  }
  expect(codeOf(() => new ByteWriter().u64(2 ** 53))).toBe("encoding/out-of-range");
});

test("bytes are joined and compared whole", () => {
  const joined = concat(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3));
  expect(equalBytes(joined, Uint8Array.of(1, 2, 3))).toBe(true);
  expect(equalBytes(joined, Uint8Array.of(1, 2))).toBe(false);
  expect(equalBytes(joined, Uint8Array.of(1, 2, 4))).toBe(false);
});

test("one part is encoded as DSSE v1 says", () => {
  const encoded = pae("http://example.com/HelloWorld", utf8("hello world"));
  expect(encoded).toEqual(utf8("DSSEv1 29 http://example.com/HelloWorld 11 hello world"));
});

test("no two lists of parts share an encoding", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 });
  const input = fc.record({ type: fc.string({ maxLength: 6 }), parts });
  fc.assert(
    fc.property(input, input, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      expect(equalBytes(pae(a.type, ...a.parts), pae(b.type, ...b.parts))).toBe(same);
    }),
  );
  expect(pae("t", utf8("a 1 b"))).not.toEqual(pae("t", utf8("a"), utf8("b")));
});

test("a hash over parts is the hash of the whole", () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  expect(sha256().toHex()).toBe(empty);
  expect(sha256(new Uint8Array(0)).toHex()).toBe(empty);
  expect(sha256(utf8("a"), utf8("bc"))).toEqual(sha256(utf8("abc")));
});

test("randomness has the length asked for and does not repeat", () => {
  expect(systemRandom(32)).toHaveLength(32);
  expect(systemRandom(32)).not.toEqual(systemRandom(32));
});

test("scratch memory is zero for everybody who gets it, also one inside another and after a failure", () => {
  const zeros = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);
  const used = withScratch(100, (outer) => {
    outer.fill(1);
    withScratch(50, (inner) => {
      expect(zeros(inner)).toBe(true);
      inner.fill(2);
    });
    expect(outer.every((byte) => byte === 1)).toBe(true);
    return outer;
  });
  expect(zeros(used)).toBe(true);
  expect(() =>
    withScratch(200, (bytes) => {
      bytes.fill(3);
      throw new Error("refused");
    }),
  ).toThrow("refused");
  expect(withScratch(200, zeros)).toBe(true);
});

test("a passing encoding is the same as one that is kept", () => {
  const parts = [utf8("a"), new Uint8Array(100_000), utf8("")];
  expect(withPae("type", parts, (bytes) => bytes.slice())).toEqual(pae("type", ...parts));
});

test("released memory is given back; what is small or shares its buffer is left alone", () => {
  const [large, small, part] = [new Uint8Array(5000), new Uint8Array(100), new Uint8Array(9000).subarray(1)];
  release(large, small, part);
  expect([large.length, small.length, part.length]).toEqual([0, 100, 8999]);
});
