import { describe, expect, test } from "vitest";
import { concat, utf8 } from "@wardline/protocol/encoding";
import {
  CHUNK_BYTES,
  HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  chunkCipher,
  decryptAll,
  encryptAll,
  opener,
  randomOpener,
} from "@wardline/protocol/material";
import { pattern, reader, secrets } from "./support.ts";

const code = (value: string) => expect.objectContaining({ code: value }) as Error;
const chunkAt = (sealed: Uint8Array, index: number) =>
  sealed.subarray(HEADER_BYTES + index * SEALED_CHUNK_BYTES, HEADER_BYTES + (index + 1) * SEALED_CHUNK_BYTES);

describe("an encrypted message that was tampered with", () => {
  test("is refused with any byte changed", () => {
    const sealed = encryptAll(pattern(200), secrets);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      const expected = at < HEADER_BYTES ? "material/wrong-key" : "material/damaged";
      expect(() => decryptAll(changed, secrets), `byte ${at}`).toThrow(code(expected));
    }
  });

  test("is refused with a byte changed anywhere in a long one, streamed and at random", async () => {
    const sealed = encryptAll(pattern(3 * CHUNK_BYTES + 9), secrets);
    for (let at = HEADER_BYTES; at < sealed.length; at += 997) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] as number) ^ 0x80;
      expect(() => decryptAll(changed, secrets), `byte ${at}`).toThrow(code("material/damaged"));
      await expect(readAtRandom(changed)).rejects.toMatchObject({ code: "material/damaged" });
    }
  });

  test("is refused when cut at any length", () => {
    const sealed = encryptAll(pattern(200), secrets);
    for (let length = 0; length < sealed.length; length++) {
      const expected = length < HEADER_BYTES + 16 ? "material/truncated" : "material/damaged";
      expect(() => decryptAll(sealed.subarray(0, length), secrets), `${length}`).toThrow(code(expected));
    }
  });

  test("is refused when cut between chunks, where every chunk that is left is good", async () => {
    const sealed = encryptAll(pattern(2 * CHUNK_BYTES + 5), secrets);
    for (const chunks of [0, 1, 2]) {
      const cut = sealed.subarray(0, HEADER_BYTES + chunks * SEALED_CHUNK_BYTES);
      expect(() => decryptAll(cut, secrets)).toThrow(code("material/truncated"));
      await expect(readAtRandom(cut)).rejects.toMatchObject({ code: "material/truncated" });
    }
  });

  test("is refused with anything appended", () => {
    for (const size of [5, CHUNK_BYTES]) {
      const sealed = encryptAll(pattern(size), secrets);
      for (const extra of [1, 16, 17, SEALED_CHUNK_BYTES]) {
        const longer = concat(sealed, new Uint8Array(extra));
        expect(() => decryptAll(longer, secrets), `${size} + ${extra}`).toThrow(code("material/damaged"));
      }
      expect(() => decryptAll(concat(sealed, sealed.subarray(HEADER_BYTES)), secrets)).toThrow(
        code("material/damaged"),
      );
    }
  });

  test("is refused with chunks swapped, repeated, left out, or from another message of the same key", async () => {
    const sealed = encryptAll(pattern(3 * CHUNK_BYTES + 5), secrets);
    const other = encryptAll(pattern(3 * CHUNK_BYTES + 5), { ...secrets, salt: pattern(24) });
    const [head, a, b, c, last] = [
      sealed.subarray(0, HEADER_BYTES),
      ...[0, 1, 2, 3].map((at) => chunkAt(sealed, at)),
    ];
    const all = (...parts: (Uint8Array | undefined)[]) =>
      concat(...parts.map((part) => part ?? new Uint8Array()));
    expect(decryptAll(all(head, a, b, c, last), secrets)).toEqual(pattern(3 * CHUNK_BYTES + 5));
    for (const bad of [
      all(head, b, a, c, last),
      all(head, a, a, c, last),
      all(head, a, c, last),
      all(head, a, b, chunkAt(other, 2), last),
      all(head, a, b, c, chunkAt(other, 3)),
    ]) {
      expect(() => decryptAll(bad, secrets)).toThrow(code("material/damaged"));
      await expect(readAtRandom(bad)).rejects.toMatchObject({ code: "material/damaged" });
    }
  });

  test("is refused under another key, purpose or salt, before any chunk is looked at", async () => {
    const sealed = encryptAll(pattern(20), secrets);
    for (const wrong of [
      { ...secrets, key: pattern(32) },
      { ...secrets, context: utf8("another purpose") },
      { ...secrets, context: new Uint8Array() },
    ]) {
      expect(() => opener(wrong).push(sealed.subarray(0, HEADER_BYTES))).toThrow(code("material/wrong-key"));
      const random = randomOpener({ ...wrong, sealedSize: sealed.length, read: reader(sealed) });
      await expect(random).rejects.toMatchObject({ code: "material/wrong-key" });
    }
    expect(() => chunkCipher(new Uint8Array(16), secrets.salt, secrets.context)).toThrow(
      code("material/key"),
    );
    expect(() => chunkCipher(secrets.key, new Uint8Array(23), secrets.context)).toThrow(code("material/key"));
  });
});

describe("an opener", () => {
  test("gives out verified chunks only, and after an error nothing more", () => {
    const sealed = Uint8Array.from(encryptAll(pattern(2 * CHUNK_BYTES + 5), secrets));
    sealed[HEADER_BYTES + SEALED_CHUNK_BYTES + 3] = 0;
    const message = opener(secrets);
    expect(message.push(sealed.subarray(0, HEADER_BYTES + SEALED_CHUNK_BYTES))).toEqual([
      pattern(CHUNK_BYTES),
    ]);
    expect(() => message.push(sealed.subarray(HEADER_BYTES + SEALED_CHUNK_BYTES))).toThrow(
      code("material/damaged"),
    );
    expect(() => message.push(new Uint8Array())).toThrow(code("material/ended"));
    expect(() => message.finish()).toThrow(code("material/ended"));
  });

  test("takes nothing after the end", () => {
    const message = opener(secrets);
    message.push(encryptAll(pattern(3), secrets));
    expect(message.finish()).toEqual(pattern(3));
    expect(() => message.push(Uint8Array.of(1))).toThrow(code("material/ended"));
    expect(() => message.finish()).toThrow(code("material/ended"));
  });

  test("refuses chunk numbers and lengths that no message has", () => {
    const cipher = chunkCipher(secrets.key, secrets.salt, secrets.context);
    expect(() => cipher.encrypt(2 ** 38, new Uint8Array(1))).toThrow(code("material/size"));
    expect(() => cipher.encrypt(-1, new Uint8Array(1))).toThrow(code("material/size"));
    expect(() => cipher.encrypt(0, new Uint8Array(CHUNK_BYTES + 1))).toThrow(code("material/size"));
    expect(() => cipher.decrypt(0, new Uint8Array(15))).toThrow(code("material/damaged"));
    expect(() => cipher.decrypt(0, new Uint8Array(SEALED_CHUNK_BYTES + 1))).toThrow(code("material/damaged"));
  });
});

async function readAtRandom(sealed: Uint8Array): Promise<Uint8Array> {
  const opened = await randomOpener({ ...secrets, sealedSize: sealed.length, read: reader(sealed) });
  return concat(...(await Array.fromAsync(opened.range(0, opened.size))));
}
