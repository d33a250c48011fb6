import { readFileSync } from "node:fs";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { expect, test } from "vitest";
import { concat, unhex, utf8 } from "@wardline/protocol/encoding";
import {
  decodeIdentityPublicKey,
  decodeIdentitySecretKey,
  encodeIdentityPublicKey,
  encodeIdentitySecretKey,
  generateIdentityKey,
  keyIdOf,
  signPair,
  verifyMldsa65,
  verifyPair,
} from "@wardline/protocol/identity";
import { codeOf } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import { describeWithVectors } from "../../support/vectors.ts";

const key = generateIdentityKey(seededRandom("pair"));
const other = generateIdentityKey(seededRandom("other pair"));
const message = utf8("what is signed");

test("a pair verifies only when both halves do, over the same bytes, under the same holder's keys", () => {
  const signature = signPair(key, message);
  const stranger = signPair(other, message);
  expect(verifyPair(key.public, message, signature)).toBe(true);
  expect(verifyPair(key.public, utf8("something else"), signature)).toBe(false);
  expect(verifyPair(key.public, message, { ...signature, ed25519: stranger.ed25519 })).toBe(false);
  expect(verifyPair(key.public, message, { ...signature, mldsa65: stranger.mldsa65 })).toBe(false);
  expect(verifyPair({ ...key.public, mldsa65: other.public.mldsa65 }, message, signature)).toBe(false);
});

test("every tenth byte of a signature changed, or a byte cut off, is refused", () => {
  const signature = signPair(key, message);
  for (const half of ["ed25519", "mldsa65"] as const) {
    for (let at = 0; at < signature[half].length; at += 10) {
      const changed = signature[half].slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifyPair(key.public, message, { ...signature, [half]: changed })).toBe(false);
    }
    const cut = signature[half].slice(0, -1);
    expect(verifyPair(key.public, message, { ...signature, [half]: cut })).toBe(false);
  }
});

test("the ML-DSA half is FIPS 204's: same keys as another implementation, and each accepts the other's signatures", () => {
  const theirs = ml_dsa65.keygen(key.seeds.mldsa65);
  expect(key.public.mldsa65).toEqual(theirs.publicKey);
  expect(ml_dsa65.verify(signPair(key, message).mldsa65, message, theirs.publicKey)).toBe(true);
  expect(verifyMldsa65(key.public.mldsa65, message, ml_dsa65.sign(message, theirs.secretKey))).toBe(true);
});

test("keys come back from their bytes, with the same id", () => {
  const again = decodeIdentitySecretKey(encodeIdentitySecretKey(key));
  expect(again.public).toEqual(key.public);
  expect(decodeIdentityPublicKey(encodeIdentityPublicKey(key.public))).toEqual(key.public);
  expect(keyIdOf(again.public)).toBe(keyIdOf(key.public));
  expect(verifyPair(key.public, message, signPair(again, message))).toBe(true);
});

test("the id is of both keys", () => {
  expect(keyIdOf(key.public)).toMatch(/^[0-9a-f]{64}$/);
  expect(keyIdOf({ ...key.public, ed25519: other.public.ed25519 })).not.toBe(keyIdOf(key.public));
  expect(keyIdOf({ ...key.public, mldsa65: other.public.mldsa65 })).not.toBe(keyIdOf(key.public));
});

test("what cannot be a key is refused when it is read", () => {
  expect(codeOf(() => decodeIdentitySecretKey(new Uint8Array(63)))).toBe("identity/bad-key");
  expect(codeOf(() => decodeIdentityPublicKey(new Uint8Array(1983)))).toBe("identity/bad-key");
  const smallOrder = concat(new Uint8Array(32), key.public.mldsa65);
  expect(codeOf(() => decodeIdentityPublicKey(smallOrder))).toBe("identity/bad-key");
});

interface Wycheproof {
  testGroups: {
    publicKey: string;
    tests: { tcId: number; msg: string; sig: string; ctx?: string; result: string }[];
  }[];
}

describeWithVectors("wycheproof", "ML-DSA-65 against Wycheproof", (folder) => {
  const { testGroups } = JSON.parse(readFileSync(`${folder}mldsa_65_verify_test.json`, "utf8")) as Wycheproof;
  const cases = testGroups.flatMap((group) =>
    group.tests.map((entry) => ({ ...entry, key: group.publicKey })),
  );

  /** We sign with an empty context, so cases with another one are signatures that we must refuse. */
  test.each(cases)("case $tcId is $result", (entry) => {
    const valid = verifyMldsa65(unhex(entry.key), unhex(entry.msg), unhex(entry.sig));
    expect(valid).toBe(entry.result === "valid" && (entry.ctx ?? "") === "");
  });
});
