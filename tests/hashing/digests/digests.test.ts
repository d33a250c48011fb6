import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDigester, digestsOf } from "@wardline/hashing/digests";
import { describeWithVectors } from "../../support/vectors.ts";

test("the three digests of FIPS 180-4 and RFC 1321 for abc", () => {
  expect(digestsOf(new TextEncoder().encode("abc"))).toEqual({
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
    md5: "900150983cd24fb0d6963f7d28e17f72",
  });
});

test("pieces give the digests of the whole, however it is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (pieces) => {
      const digester = createDigester();
      for (const piece of pieces) digester.update(piece);
      expect(digester.finish()).toEqual(digestsOf(Buffer.concat(pieces)));
    }),
  );
  const large = new Uint8Array(200_001).fill(7);
  const digester = createDigester();
  digester.update(large);
  expect(digestsOf(large)).toEqual(digester.finish());
});

describeWithVectors("pdq", "digests of others", (folder) => {
  const { crypto } = JSON.parse(readFileSync(`${folder}index-and-format-cases.json`, "utf8")) as {
    crypto: { file: string; md5: string };
  };
  test("MD5 of a picture", () => expect(digestsOf(readFileSync(folder + crypto.file)).md5).toBe(crypto.md5));
});
