import { describe, expect, test } from "vitest";
import { hex, unhex, utf8 } from "@wardline/protocol/encoding";
import { ed25519PublicKey } from "@wardline/protocol/identity";
import {
  formatCheckpoint,
  logOrigin,
  noteKeyId,
  noteText,
  openCheckpoint,
  openNote,
  signCheckpoint,
  signNote,
} from "@wardline/protocol/log";

const seed = new Uint8Array(32).fill(7);
const key = { seed, public: ed25519PublicKey(seed) };
const origin = logOrigin("ab".repeat(32), "cd".repeat(16), 1);
const checkpoint = { origin, size: 20852163, root: unhex("0a".repeat(32)) };
const named = { name: origin, public: key.public };
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe("a checkpoint", () => {
  test("names federation, member and epoch, and says length and root in three lines", () => {
    expect(formatCheckpoint(checkpoint)).toBe(
      `wardline/${"ab".repeat(32)}/${"cd".repeat(16)}/1\n20852163\nCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=\n`,
    );
  });

  test("is opened by the log's key, and has its golden bytes", () => {
    const { text } = signCheckpoint(checkpoint, key);
    expect(openCheckpoint(text, [named])).toEqual({ ...checkpoint, text, signers: [named] });
    expect(text).toMatchInlineSnapshot(`
      "wardline/abababababababababababababababababababababababababababababababab/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd/1
      20852163
      CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=

      — wardline/abababababababababababababababababababababababababababababababab/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd/1 lE5Yy2fIII3ic6BiCuDajv0/KgR4zjhgAtWcFV05mh4GxN4+kEThGWaUdJXqOKq1UtyTKx2h6z5kYRMKAERsnUqdRQU=
      "
    `);
  });

  test("is refused from another log, epoch or key", () => {
    const { text } = signCheckpoint(checkpoint, key);
    const nextEpoch = { ...named, name: logOrigin("ab".repeat(32), "cd".repeat(16), 2) };
    const stranger = { ...named, public: ed25519PublicKey(new Uint8Array(32).fill(8)) };
    expect(() => openCheckpoint(text, [nextEpoch])).toThrow(refused("log/unknown-signer"));
    expect(() => openCheckpoint(text, [stranger])).toThrow(refused("log/unknown-signer"));
    expect(() => openCheckpoint(text, [])).toThrow(refused("log/unknown-signer"));
  });

  test("is refused with any byte changed, and at every length but its own", () => {
    const bytes = utf8(signCheckpoint(checkpoint, key).text);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => openCheckpoint(noteText(changed), [named]), `byte ${at}`).toThrow(refusedByCode());
      expect(() => openCheckpoint(noteText(bytes.slice(0, at)), [named]), `cut ${at}`).toThrow(
        refusedByCode(),
      );
    }
    expect(() => openCheckpoint(noteText(bytes) + "x", [named])).toThrow(refused("log/malformed-note"));
  });

  test("is refused with numbers and roots in another spelling, or more lines", () => {
    const root = "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=";
    for (const body of [
      `${origin}\n007\n${root}\n`,
      `${origin}\n+7\n${root}\n`,
      `${origin}\n-7\n${root}\n`,
      `${origin}\n9007199254740993\n${root}\n`,
      `${origin}\n7\n${root.slice(0, -1)}\n`,
      `${origin}\n7\nCgo=\n`,
      `${origin}\n7\n`,
      `\n7\n${root}\n`,
      `${origin}\n7\n${root}\nextension\n`,
    ]) {
      const note = signNote(body, [{ ...named, seed }]);
      expect(() => openCheckpoint(note, [named]), body).toThrow(refused("log/malformed-checkpoint"));
    }
    expect(() => formatCheckpoint({ ...checkpoint, size: -1 })).toThrow(refused("log/malformed-checkpoint"));
    expect(() => formatCheckpoint({ ...checkpoint, origin: "a\nb" })).toThrow(
      refused("log/malformed-checkpoint"),
    );
  });
});

describe("a signed note", () => {
  const witnessSeed = new Uint8Array(32).fill(9);
  const witness = { name: "witness.example/w1", public: ed25519PublicKey(witnessSeed), seed: witnessSeed };
  const log = { ...named, seed };

  test("opens the published example of Go's note package, under its key with its id", () => {
    const key = Uint8Array.fromBase64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").subarray(1);
    const neumann = { name: "PeterNeumann", public: key };
    const body =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signature =
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    expect(hex(noteKeyId(neumann))).toBe("c74f20a3");
    expect(openNote(`${body}\n— PeterNeumann ${signature}\n`, [neumann]).text).toBe(body);
  });

  test("tells which of the known keys signed, and ignores unknown ones", () => {
    const note = signNote("text\n\nmore\n", [log, witness]);
    expect(openNote(note, [witness, named]).signers).toEqual([named, witness]);
    expect(openNote(note, [witness])).toEqual({ text: "text\n\nmore\n", signers: [witness] });
  });

  test("is refused as a whole when a known key's signature is wrong, even beside a good one", () => {
    const good = signNote("text\n", [log, witness]).split("\n");
    const other = signNote("other\n", [log, witness]).split("\n");
    const mixed = [...good.slice(0, 3), other[3], ""].join("\n");
    expect(() => openNote(mixed, [named, witness])).toThrow(refused("log/bad-signature"));
    expect(openNote(mixed, [named]).signers).toEqual([named]);
  });

  test("is refused when it is not of the form", () => {
    for (const note of [
      "",
      "\n",
      "text\n",
      "text\n\n",
      "text\n\n— a\n",
      "text\n\n- a b\n",
      "te\u0007xt\n\n— a AAAA\n",
      "text\n\n— a !!!!\n",
    ]) {
      expect(() => openNote(note, [named]), JSON.stringify(note)).toThrow(refusedByCode());
    }
    expect(() => signNote("no newline", [log])).toThrow(refused("log/malformed-note"));
    expect(() => signNote("text\n", [{ ...log, name: "with space" }])).toThrow(refused("log/malformed-note"));
    expect(() => openNote(`text\n\n${"— a AAAAAAAA\n".repeat(65)}`, [named])).toThrow(
      refused("log/malformed-note"),
    );
    expect(() => noteText(unhex("ff"))).toThrow(refused("log/malformed-note"));
  });
});

/** Refused by our own code with a code, whichever it is: never a crash. */
function refusedByCode() {
  return expect.objectContaining({ code: expect.stringMatching(/^(log|encoding)\//) as string }) as Error;
}
