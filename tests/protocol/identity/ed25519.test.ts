import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { systemRandom, unhex, utf8 } from "@wardline/protocol/encoding";
import {
  ed25519PublicKey,
  isStrictEd25519Key,
  signEd25519,
  verifyEd25519,
  verifyEd25519Reference,
} from "@wardline/protocol/identity";
import nacl from "tweetnacl";
import { codeOf } from "../../support/codes.ts";
import { describeWithVectors } from "../../support/vectors.ts";

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** The verdict of both implementations, which must be one. */
function verdict(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const native = verifyEd25519(key, message, signature);
  expect(verifyEd25519Reference(key, message, signature)).toBe(native);
  return native;
}

test("RFC 8032, section 7.1, test 3", () => {
  const seed = unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  const key = unhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const signature = unhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  );
  expect(ed25519PublicKey(seed)).toEqual(key);
  expect(signEd25519(seed, unhex("af82"))).toEqual(signature);
  expect(verdict(key, unhex("af82"), signature)).toBe(true);
});

test("keys and signatures are byte for byte those of tweetnacl", () => {
  for (let round = 0; round < 5; round++) {
    const seed = systemRandom(32);
    const message = systemRandom(round * 40);
    const theirs = nacl.sign.keyPair.fromSeed(seed);
    expect(ed25519PublicKey(seed)).toEqual(theirs.publicKey);
    expect(signEd25519(seed, message)).toEqual(nacl.sign.detached(message, theirs.secretKey));
  }
});

test("a seed of another length makes no key", () => {
  expect(codeOf(() => ed25519PublicKey(new Uint8Array(31)))).toBe("identity/bad-key");
  expect(codeOf(() => signEd25519(new Uint8Array(33), utf8("x")))).toBe("identity/bad-key");
});

test.each([
  ["the neutral point", "01" + "00".repeat(31)],
  ["order 2", "ec" + "ff".repeat(30) + "7f"],
  ["order 4", "00".repeat(32)],
  ["order 4, other sign", "00".repeat(31) + "80"],
  ["order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
  ["order 8, other sign", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"],
  ["order 8, other y", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
  ["order 8, other y and sign", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
  ["y = p", "ed" + "ff".repeat(30) + "7f"],
  ["y = p + 3, a point of full order written twice", "f0" + "ff".repeat(30) + "7f"],
])("no public key: %s", (_name, encoded) => {
  expect(isStrictEd25519Key(unhex(encoded))).toBe(false);
  expect(verdict(unhex(encoded), utf8("x"), new Uint8Array(64))).toBe(false);
});

interface Wycheproof {
  testGroups: {
    publicKey: { pk: string };
    tests: { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

describeWithVectors("wycheproof", "Ed25519 against Wycheproof", (folder) => {
  const { testGroups } = read(`${folder}ed25519_test.json`) as Wycheproof;
  test.each(
    testGroups.flatMap((group) => group.tests.map((entry) => ({ ...entry, pk: group.publicKey.pk }))),
  )("case $tcId is $result", ({ pk, msg, sig, result }) => {
    expect(verdict(unhex(pk), unhex(msg), unhex(sig))).toBe(result === "valid");
  });
});

interface Cctv {
  number: number;
  key: string;
  sig: string;
  msg: string;
  flags: string[] | null;
}

describeWithVectors("cctv-ed25519", "Ed25519 against C2SP's edge cases", (folder) => {
  const cases = read(`${folder}ed25519vectors.json`) as Cctv[];
  /** Everything but a component of small order that cancels out, which both of our implementations accept. */
  const refused = ["low_order_R", "low_order_A", "non_canonical_R", "non_canonical_A", "low_order_residue"];

  test(
    "every signature with one of the flags we refuse is refused, every other accepted",
    { timeout: 120_000 },
    () => {
      const verdicts = cases.map(({ number, key, sig, msg }) => ({
        number,
        valid: verdict(unhex(key), utf8(msg), unhex(sig)),
      }));
      const expected = cases.map(({ number, flags }) => ({
        number,
        valid: !flags?.some((flag) => refused.includes(flag)),
      }));
      expect(verdicts).toEqual(expected);
      expect(verdicts.filter(({ valid }) => valid).length).toBeGreaterThan(0);
    },
  );
});

describeWithVectors(
  "ed25519-speccheck",
  "Ed25519 against the cases that implementations disagree on",
  (folder) => {
    const cases = read(`${folder}cases.json`) as { message: string; pub_key: string; signature: string }[];

    test("only case 3 is valid: mixed order on both sides, and the plain equation holds", () => {
      const valid = cases.map((entry) =>
        verdict(unhex(entry.pub_key), unhex(entry.message), unhex(entry.signature)),
      );
      expect(valid).toEqual(cases.map((_, number) => number === 3));
    });
  },
);
