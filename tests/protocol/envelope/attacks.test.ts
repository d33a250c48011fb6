/** What a dishonest member can make with keys of its own, and what time and the roster forbid. */
import { describe, expect, test } from "vitest";
import { concat, pae, sha256, unhex } from "@wardline/protocol/encoding";
import {
  checkEnvelope,
  inspectHeader,
  openEnvelope,
  openReceipt,
  sealEnvelope,
} from "@wardline/protocol/envelope";
import { signEd25519, type IdentitySecretKey } from "@wardline/protocol/identity";
import { codeOf } from "../../support/codes.ts";
import { exchange } from "../support/exchange.ts";
import { federation } from "../support/federation.ts";

const {
  trust,
  hotlineA,
  hotlineB,
  police,
  now,
  bytes,
  receipt,
  signed,
  sealing,
  opening,
  answerOpening,
  seal,
  open,
  repack,
} = exchange();

/** Signs an altered container again, by the specification: over the purpose, the federation, the header and the hash of the rest. */
function resigned(altered: Uint8Array, key: IdentitySecretKey): Uint8Array {
  const body = altered.subarray(178, altered.length - 64);
  const encoding = pae(
    "wardline/envelope/1",
    unhex(trust.federationId),
    altered.subarray(0, 178),
    sha256(body),
  );
  return concat(altered.subarray(0, altered.length - 64), signEd25519(key.seeds.ed25519, encoding));
}
function overwritten(at: number, patch: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(patch, at);
  return copy;
}

describe("another member", () => {
  test("that signs a foreign envelope is refused", () => {
    expect(codeOf(() => open(resigned(bytes, police.key)))).toBe("envelope/signature");
  });

  test("that puts itself in as the sender finds the ciphertext bound to the first header", () => {
    const taken = concat(bytes.subarray(0, 58), unhex(police.id), unhex(police.keyId), bytes.subarray(106));
    expect(codeOf(() => open(resigned(taken, police.key)))).toBe("envelope/decryption");
  });

  test("cannot send a statement that is not its own", () => {
    const sender = { member: police.id, key: police.key };
    expect(codeOf(() => seal({ sender }))).toBe("envelope/author");
    expect(codeOf(() => open(repack({ sender })))).toBe("envelope/author");
  });

  test("cannot be sent what is addressed to somebody else", () => {
    expect(codeOf(() => seal({ recipient: police.id }))).toBe("envelope/not-addressed");
    const forwarded = repack({ recipient: police.id });
    const reading = { trust, self: police.id, sealingKey: () => police.sealing.seed, now };
    expect(codeOf(() => openEnvelope(forwarded, reading))).toBe("envelope/not-addressed");
  });

  test("is refused an envelope to another, even as it stands", () => {
    const reading = { trust, self: police.id, sealingKey: () => hotlineB.sealing.seed, now };
    expect(codeOf(() => openEnvelope(bytes, reading))).toBe("envelope/recipient");
  });
});

describe("the sender itself", () => {
  test("cannot swap the ciphertext of one header under another", () => {
    const other = seal().bytes;
    const swapped = concat(bytes.subarray(0, 178), other.subarray(178));
    expect(codeOf(() => open(resigned(swapped, hotlineA.key)))).toBe("envelope/decryption");
  });

  test("cannot give a small-order point for a secret", () => {
    const zeros = overwritten(178 + 1088, new Uint8Array(32));
    expect(codeOf(() => open(resigned(zeros, hotlineA.key)))).toBe("envelope/decryption");
  });

  test.each([
    ["envelope/padding", "hides bytes in the padding", { padding: (text: Uint8Array) => text.with(-1, 1) }],
    [
      "envelope/padding",
      "pads to a larger class",
      { padding: (text: Uint8Array) => concat(text, new Uint8Array(text.length)) },
    ],
    [
      "envelope/malformed",
      "states a length beyond the text",
      { padding: (text: Uint8Array) => text.with(12, 0xff) },
    ],
    ["envelope/malformed", "counts beyond all range", { padding: (text: Uint8Array) => text.with(4, 0xff) }],
    [
      "envelope/delivery-signature",
      "changes the sequence afterwards",
      { padding: (text: Uint8Array) => text.with(11, 99) },
    ],
    [
      "envelope/delivery-signature",
      "changes the epoch afterwards",
      { padding: (text: Uint8Array) => text.with(3, 99) },
    ],
    [
      "envelope/delivery-signature",
      "changes the statement afterwards",
      { padding: (text: Uint8Array) => text.with(40, 0x20) },
    ],
    [
      "statement/signature",
      "breaks the statement's signature",
      { padding: (text: Uint8Array) => text.with(signed.bytes.length + 50, 0) },
    ],
  ])("%s: one that %s", (code, _what, { padding }) => {
    expect(codeOf(() => open(repack({ alter: padding })))).toBe(code);
  });
});

describe("envelope and receipt", () => {
  test("do not pass for one another", () => {
    expect(codeOf(() => openReceipt(bytes, opening))).toBe("envelope/magic");
    expect(codeOf(() => openEnvelope(receipt, answerOpening))).toBe("envelope/magic");
    expect(inspectHeader(receipt).kind).toBe("receipt");
  });

  test("an envelope under a receipt's magic is refused by its signature", () => {
    const disguised = overwritten(0, receipt.subarray(0, 8));
    expect(codeOf(() => openReceipt(disguised, opening))).toBe("envelope/signature");
  });
});

describe("time", () => {
  const at = (moment: number) => codeOf(() => checkEnvelope(bytes, trust, hotlineB.id, moment));
  const minute = 60_000;
  const day = 86_400_000;

  test("up to five minutes from the future are a clock's", () => {
    expect(at(now - 5 * minute)).toBeUndefined();
    expect(at(now - 5 * minute - 1)).toBe("envelope/from-the-future");
  });

  test("it lives for 28 days", () => {
    expect(at(now + 28 * day - 1)).toBeUndefined();
    expect(at(now + 28 * day)).toBe("envelope/expired");
  });

  test("nobody seals for longer, or for no time", () => {
    expect(codeOf(() => seal({ expiresIn: 28 * day + 1 }))).toBe("envelope/lifetime");
    expect(codeOf(() => seal({ expiresIn: 0 }))).toBe("envelope/lifetime");
    expect(codeOf(() => open(repack({ header: { expires: now + 29 * day } })))).toBe("envelope/lifetime");
    expect(
      codeOf(() => open(repack({ header: { created: now - 300 * day, expires: now - 280 * day } }))),
    ).toBe("envelope/expired");
  });

  test("outside of the sender's key's life it is refused", () => {
    const early = { created: hotlineA.keyFrom - 1 };
    expect(
      codeOf(() =>
        openEnvelope(repack({ header: { ...early, expires: early.created + day } }), {
          ...opening,
          now: early.created,
        }),
      ),
    ).toBe("envelope/key-not-valid");
  });
});

describe("the roster", () => {
  test("one that did not list the key yet is not named with it", () => {
    expect(codeOf(() => open(repack({ header: { rosterVersion: 0 } })))).toBe("envelope/key-not-valid");
  });

  test("a newer one than held is asked for before judging", () => {
    expect(codeOf(() => open(repack({ header: { rosterVersion: 2 } })))).toBe("envelope/roster-ahead");
  });

  test("another federation's envelope is refused", () => {
    const sister = exchange("sister");
    expect(codeOf(() => open(sister.bytes))).toBe("envelope/federation");
  });

  test.each(["suspended", "revoked"] as const)("a %s member neither sends nor is sent to", (status) => {
    const after = federation(undefined, { status: { hotlineA: status } }).trust;
    expect(codeOf(() => openEnvelope(bytes, { ...opening, trust: after }))).toBe(
      "envelope/sender-not-active",
    );
    const without = federation(undefined, { status: { hotlineB: status } }).trust;
    expect(codeOf(() => sealEnvelope({ ...sealing, trust: without }))).toBe("envelope/recipient-not-active");
  });
});

describe("sealing keys", () => {
  test("one that was deleted opens nothing", () => {
    expect(codeOf(() => openEnvelope(bytes, { ...opening, sealingKey: () => undefined }))).toBe(
      "envelope/unknown-sealing-key",
    );
  });

  test("the wrong seed opens nothing", () => {
    expect(codeOf(() => openEnvelope(bytes, { ...opening, sealingKey: () => police.sealing.seed }))).toBe(
      "envelope/decryption",
    );
  });

  test("without a valid one nothing is sealed", () => {
    expect(codeOf(() => seal({ now: now + 400 * 86_400_000 }))).toBe("envelope/no-sealing-key");
  });
});
