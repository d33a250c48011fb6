import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, equalBytes, hex, utf8 } from "@wardline/protocol/encoding";
import {
  CHUNK_BYTES,
  HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  chunkCipher,
  decryptAll,
  decryptStream,
  encryptAll,
  encryptStream,
  grantContext,
  grantSecrets,
  openedSize,
  randomOpener,
  recodeRange,
  sealedSize,
  type ChunkCipher,
} from "@wardline/protocol/material";
import { inPieces, pattern, reader, secrets } from "./support.ts";

const sizes = [
  0,
  1,
  100,
  CHUNK_BYTES - 1,
  CHUNK_BYTES,
  CHUNK_BYTES + 1,
  2 * CHUNK_BYTES,
  3 * CHUNK_BYTES + 777,
];

describe("the encrypted form", () => {
  test("keeps its golden bytes", () => {
    expect(hex(encryptAll(utf8("harmless"), secrets))).toMatchInlineSnapshot(
      `"fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e89604d84fc32f6beb189672e062477305818d06a4a48b26fa36963c6598c8012fc324d823705dbd6e247f6cb7f262240318e5077b185666eb"`,
    );
    expect(
      createHash("sha256")
        .update(encryptAll(pattern(40_000), secrets))
        .digest("hex"),
    ).toMatchInlineSnapshot(`"080d79270c5fa5d1d1d2590abe004274f64878ba528d6bb65756d26806a85828"`);
  });

  test("is C2SP chunked encryption: derived here once more with nothing but HKDF and AES-256-GCM", () => {
    const plaintext = pattern(CHUNK_BYTES + 5);
    const sealed = encryptAll(plaintext, secrets);
    // HKDF-Expand alone, written out for the 76 bytes needed (RFC 5869, section 2.3).
    const info = concat(
      utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"),
      secrets.salt,
      secrets.context,
    );
    const derived = expandBySha512(secrets.key, info, 76);
    expect(sealed.subarray(0, 24)).toEqual(secrets.salt);
    expect(sealed.subarray(24, 56)).toEqual(derived.subarray(44));
    const nonce = Uint8Array.from(derived.subarray(32, 44));
    nonce[11] = (nonce[11] as number) ^ 1;
    const last = sealed.subarray(HEADER_BYTES + SEALED_CHUNK_BYTES);
    const cipher = createDecipheriv("aes-256-gcm", derived.subarray(0, 32), nonce).setAuthTag(
      last.subarray(-16),
    );
    expect(concat(cipher.update(last.subarray(0, -16)), cipher.final())).toEqual(
      plaintext.subarray(CHUNK_BYTES),
    );
  });

  test.each(sizes)(
    "of %i bytes has its predicted length, streams in pieces of any length, and opens again",
    async (size) => {
      const plaintext = pattern(size);
      const sealed = encryptAll(plaintext, secrets);
      expect(sealed.length).toBe(sealedSize(size));
      expect(openedSize(sealed.length)).toBe(size);
      expect(equalBytes(decryptAll(sealed, secrets), plaintext)).toBe(true);
      for (const lengths of [[1 << 20], [1000, 7, CHUNK_BYTES], [SEALED_CHUNK_BYTES + 1]]) {
        const streamed = await Array.fromAsync(encryptStream(inPieces(plaintext, lengths), secrets));
        expect(equalBytes(concat(...streamed), sealed)).toBe(true);
        const opened = await Array.fromAsync(decryptStream(inPieces(sealed, lengths), secrets));
        expect(equalBytes(concat(...opened), plaintext)).toBe(true);
      }
    },
  );

  test("knows which lengths no message has", () => {
    const lengths = new Set(Array.from({ length: 40_000 }, (_, size) => sealedSize(size)));
    for (let sealed = 0; sealed < 40_000; sealed++) {
      if (lengths.has(sealed)) expect(sealedSize(openedSize(sealed))).toBe(sealed);
      else
        expect(() => openedSize(sealed)).toThrow(
          expect.objectContaining({ code: "material/truncated" }) as Error,
        );
    }
    for (const size of [-1, 0.5, NaN, 2 ** 52]) {
      expect(() => sealedSize(size)).toThrow(expect.objectContaining({ code: "material/size" }) as Error);
    }
  });
});

describe("any range", () => {
  const plaintext = pattern(3 * CHUNK_BYTES + 777);
  const sealed = encryptAll(plaintext, secrets);
  const other = { ...secrets, key: pattern(33).subarray(1), context: utf8("another message") };
  const ciphers = [other, secrets].map(({ key, salt, context }) => chunkCipher(key, salt, context));
  const fromTo = ciphers as [ChunkCipher, ChunkCipher];
  const theirs = encryptAll(plaintext, other);
  const read = (offset: number, length: number) => Promise.resolve(theirs.slice(offset, offset + length));
  const made = (offset: number, length: number) =>
    recodeRange(fromTo, { size: plaintext.length, read }, offset, length);

  test("of one encrypted form can be made of another, alone", async () => {
    expect(equalBytes(await made(0, sealed.length), sealed)).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length), fc.nat(sealed.length), async (offset, length) => {
        const part = await made(offset, length);
        expect(equalBytes(part, sealed.subarray(offset, offset + length))).toBe(true);
      }),
      { numRuns: 60, seed: 16384 },
    );
  });

  test("is not made of chunks that are not the message's", async () => {
    for (const at of [HEADER_BYTES, HEADER_BYTES + 2 * SEALED_CHUNK_BYTES + 9, theirs.length - 1]) {
      const changed = theirs.with(at, (theirs[at] as number) ^ 1);
      const message = {
        size: plaintext.length,
        read: (from: number, n: number) => reader(changed.slice())(from, n),
      };
      await expect(recodeRange(fromTo, message, 0, theirs.length)).rejects.toMatchObject({
        code: "material/damaged",
      });
    }
  });

  test("of the plaintext can be read alone", async () => {
    const opened = await randomOpener({ ...secrets, sealedSize: sealed.length, read: reader(sealed) });
    expect(opened.size).toBe(plaintext.length);
    await fc.assert(
      fc.asyncProperty(fc.nat(plaintext.length), fc.nat(plaintext.length), async (offset, length) => {
        const parts = await Array.fromAsync(opened.range(offset, length));
        expect(equalBytes(concat(...parts), plaintext.subarray(offset, offset + length))).toBe(true);
      }),
      { numRuns: 60, seed: 16384 },
    );
  });

  test("outside is refused", async () => {
    const opened = await randomOpener({ ...secrets, sealedSize: sealed.length, read: reader(sealed) });
    for (const [offset, length] of [
      [-1, 1],
      [0, -1],
      [1.5, 1],
      [0, NaN],
      [1e9, 1],
    ] as const) {
      await expect(made(offset, length)).rejects.toMatchObject({ code: "material/range" });
      await expect(Array.fromAsync(opened.range(offset, length))).rejects.toMatchObject({
        code: "material/range",
      });
    }
  });

  test("costs reading its own chunks only", async () => {
    const asked: number[][] = [];
    const chunk = 100_000_000;
    const read = (offset: number, length: number) => {
      asked.push([offset, length]);
      return Promise.resolve(fromTo[0].encrypt(chunk, plaintext.subarray(0, CHUNK_BYTES)));
    };
    const offset = HEADER_BYTES + chunk * SEALED_CHUNK_BYTES;
    await recodeRange(fromTo, { size: 2 ** 42, read }, offset + 50, 100);
    expect(asked).toEqual([[offset, SEALED_CHUNK_BYTES]]);
  });
});

describe("a grant", () => {
  test("has a key and salt of its own for each item and grant, and tells nothing of the item's key", () => {
    const itemKeys = [pattern(32), pattern(33).subarray(1)];
    const all = itemKeys.flatMap((key) => ["g1", "g2"].map((id) => grantSecrets(key, id)));
    expect(new Set(all.map(({ key }) => hex(key))).size).toBe(4);
    expect(new Set(all.map(({ salt }) => hex(salt))).size).toBe(4);
    expect(hex(grantSecrets(itemKeys[0] as Uint8Array, "g1").key)).toMatchInlineSnapshot(
      `"77099910b1709f1dfe216931a5db68d9f903eeb4d3bf91d1961d9cbddb6f202d"`,
    );
    for (const { key, salt } of all) expect([key.length, salt.length]).toEqual([32, 24]);
    const [own] = all;
    expect(hex(own?.key ?? new Uint8Array())).toBe(
      hex(
        new Uint8Array(hkdfSync("sha512", itemKeys[0] as Uint8Array, "", grantContext("g1"), 56)).subarray(
          0,
          32,
        ),
      ),
    );
  });
});

function expandBySha512(key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const hmac = (...parts: Uint8Array[]) => {
    const block = 128;
    const padded = concat(key, new Uint8Array(block - key.length));
    const hash = (...all: Uint8Array[]) =>
      Uint8Array.from(
        createHash("sha512")
          .update(concat(...all))
          .digest(),
      );
    return hash(
      padded.map((byte) => byte ^ 0x5c),
      hash(
        padded.map((byte) => byte ^ 0x36),
        ...parts,
      ),
    );
  };
  const first = hmac(info, Uint8Array.of(1));
  return concat(first, hmac(first, info, Uint8Array.of(2))).slice(0, length);
}
