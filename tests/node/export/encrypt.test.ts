import { execFileSync } from "node:child_process";
import {
  Decrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkRecipients, encrypted } from "../../../node/export/encrypt.ts";
import { pattern, stream } from "../vault/support.ts";

const CHUNK = 64 * 1024;
const sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5];

const sealedFor = async (bytes: Uint8Array, recipients: string[], piece = 1000) =>
  Buffer.concat(await Array.fromAsync(encrypted(stream(bytes, piece), recipients)));

test.each(sizes)("%i bytes are opened by the age program and by the library", async (size) => {
  const folder = mkdtempSync(join(tmpdir(), "wardline-age-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const identity = await generateX25519Identity();
  writeFileSync(join(folder, "key"), `${identity}\n`);
  const bytes = Buffer.from(pattern(size));
  const sealed = await sealedFor(bytes, [await identityToRecipient(identity)]);
  const opened = execFileSync("age", ["--decrypt", "-i", join(folder, "key")], { input: sealed });
  expect(opened.equals(bytes)).toBe(true);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  expect(Buffer.from(await decrypter.decrypt(sealed)).equals(bytes)).toBe(true);
});

test("each of several recipients opens it, a post-quantum one alone too; nobody else does", async () => {
  const bytes = pattern(CHUNK + 7);
  const [one, two, other] = await Promise.all([1, 2, 3].map(() => generateX25519Identity()));
  const hybrid = await generateHybridIdentity();
  const open = async (sealed: Uint8Array, identity = "") => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return Buffer.from(await decrypter.decrypt(sealed));
  };
  const recipients = await Promise.all([one, two].map((identity = "") => identityToRecipient(identity)));
  const sealed = await sealedFor(bytes, recipients, CHUNK * 2);
  expect((await open(sealed, one)).equals(bytes)).toBe(true);
  expect((await open(sealed, two)).equals(bytes)).toBe(true);
  await expect(open(sealed, other)).rejects.toThrow();
  const forHybrid = await sealedFor(bytes, [await identityToRecipient(hybrid)]);
  expect((await open(forHybrid, hybrid)).equals(bytes)).toBe(true);
});

test("what is cut at any chunk, or changed, does not open", async () => {
  const identity = await generateX25519Identity();
  const sealed = await sealedFor(pattern(2 * CHUNK + 9), [await identityToRecipient(identity)]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const payload = sealed.length - (2 * CHUNK + 9 + 3 * 16);
  for (const length of [payload + CHUNK + 16, payload + 2 * (CHUNK + 16), sealed.length - 1, payload])
    await expect(decrypter.decrypt(sealed.subarray(0, length))).rejects.toThrow();
  for (const at of [30, payload - 1, payload, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(decrypter.decrypt(changed)).rejects.toThrow();
  }
});

test("what is no recipient is refused", () => {
  for (const one of ["", "age1nonsense", "AGE-SECRET-KEY-1QQ", "ssh-ed25519 AAAA"])
    expect(() => checkRecipients([one])).toThrow(
      expect.objectContaining({ code: "export/invalid-recipient" }),
    );
});
