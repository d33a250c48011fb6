import { createPrivateKey, decapsulate as openKem } from "node:crypto";
import { readFileSync } from "node:fs";
import { ml_kem768_x25519 as reference } from "@noble/post-quantum/hybrid.js";
import nacl from "tweetnacl";
import { expect, test } from "vitest";
import { concat, hex, systemRandom, unhex } from "@wardline/protocol/encoding";
import {
  decapsulate,
  encapsulate,
  generateSealingKey,
  sealingKeyFromSeed,
  sealingKeyId,
  x25519,
} from "@wardline/protocol/identity";
import { codeOf } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import { describeWithVectors } from "../../support/vectors.ts";

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("another implementation of X-Wing makes the same keys, opens ours and is opened by us", () => {
  for (let round = 0; round < 20; round++) {
    const key = generateSealingKey(systemRandom);
    const theirs = reference.keygen(key.seed);
    expect(key.public).toEqual(theirs.publicKey);
    const ours = encapsulate(key.public, systemRandom);
    expect(reference.decapsulate(ours.ciphertext, theirs.secretKey)).toEqual(ours.secret);
    const sealed = reference.encapsulate(key.public);
    expect(decapsulate(key.seed, sealed.cipherText)).toEqual(sealed.sharedSecret);
  }
});

test("every encapsulation is fresh, and opens for its holder only", () => {
  const key = generateSealingKey(systemRandom);
  const first = encapsulate(key.public, systemRandom);
  const second = encapsulate(key.public, systemRandom);
  expect(first.secret).toHaveLength(32);
  expect(first.ciphertext).toHaveLength(1120);
  expect(first.secret).not.toEqual(second.secret);
  expect(decapsulate(generateSealingKey(systemRandom).seed, first.ciphertext)).not.toEqual(first.secret);
});

test("a ciphertext with any byte changed opens to another secret, or to none", () => {
  const key = generateSealingKey(seededRandom("sealing"));
  const { secret, ciphertext } = encapsulate(key.public, seededRandom("ephemeral"));
  for (let at = 0; at < ciphertext.length; at++) {
    const changed = ciphertext.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    expect(hex(decapsulate(key.seed, changed))).not.toBe(hex(secret));
  }
});

test("wrong lengths and points that make no secret are refused by name", () => {
  const key = generateSealingKey(systemRandom);
  const { ciphertext } = encapsulate(key.public, systemRandom);
  expect(codeOf(() => encapsulate(key.public.subarray(1), systemRandom))).toBe("identity/bad-key");
  expect(codeOf(() => decapsulate(key.seed, ciphertext.subarray(1)))).toBe("identity/bad-ciphertext");
  expect(codeOf(() => sealingKeyFromSeed(new Uint8Array(31)))).toBe("identity/bad-key");
  const noPoint = concat(ciphertext.subarray(0, 1088), new Uint8Array(32));
  expect(codeOf(() => decapsulate(key.seed, noPoint))).toBe("identity/small-order");
  const noKey = concat(key.public.subarray(0, 1184), new Uint8Array(32));
  expect(codeOf(() => encapsulate(noKey, systemRandom))).toBe("identity/small-order");
  const beyondModulus = concat(new Uint8Array(1184).fill(255), key.public.subarray(1184));
  expect(codeOf(() => encapsulate(beyondModulus, systemRandom))).toBe("identity/bad-key");
});

test("the id belongs to the public key, and the key to its seed", () => {
  const key = generateSealingKey(systemRandom);
  expect(key.id).toBe(sealingKeyId(key.public));
  expect(sealingKeyFromSeed(key.seed.slice())).toEqual(key);
});

test("X25519 is that of tweetnacl", () => {
  for (let round = 0; round < 5; round++) {
    const [secret, base] = [systemRandom(32), systemRandom(32)];
    expect(x25519(secret, base)).toEqual(nacl.scalarMult(secret, base));
  }
});

describeWithVectors("xwing", "X-Wing against the draft's vectors", (folder) => {
  const cases = read(`${folder}test-vectors.json`) as { seed: string; pk: string; ct: string; ss: string }[];
  test.each(cases.map((entry, number) => ({ ...entry, number })))(
    "vector $number",
    ({ seed, pk, ct, ss }) => {
      expect(hex(sealingKeyFromSeed(unhex(seed)).public)).toBe(pk);
      expect(hex(decapsulate(unhex(seed), unhex(ct)))).toBe(ss);
    },
  );
});

interface Wycheproof<T> {
  testGroups: { tests: T[] }[];
}

describeWithVectors("wycheproof", "X25519 and ML-KEM-768 against Wycheproof", (folder) => {
  const load = <T>(name: string): T[] =>
    (read(`${folder}${name}`) as Wycheproof<T>).testGroups.flatMap((group) => group.tests);

  test("X25519: every shared secret is right, and an all-zero one is refused", () => {
    type Case = { public: string; private: string; shared: string; flags: string[] };
    for (const entry of load<Case>("x25519_test.json")) {
      const agree = () => hex(x25519(unhex(entry.private), unhex(entry.public)));
      if (entry.flags.includes("ZeroSharedSecret")) expect(codeOf(agree)).toBe("identity/small-order");
      else expect(agree()).toBe(entry.shared);
    }
  });

  test("an ML-KEM key that is not reduced, or has another length, is never sealed to", () => {
    const point = generateSealingKey(systemRandom).public.subarray(1184);
    for (const { ek, result } of load<{ ek: string; result: string }>("mlkem_768_encaps_test.json")) {
      const code = codeOf(() => encapsulate(concat(unhex(ek), point), systemRandom));
      expect(code).toBe(result === "valid" ? undefined : "identity/bad-key");
    }
  });

  test("the runtime's ML-KEM-768, which X-Wing stands on, decapsulates as FIPS 203 says", () => {
    type Case = { seed: string; c: string; K: string; result: string };
    for (const entry of load<Case>("mlkem_768_test.json")) {
      const open = () => {
        const key = { key: unhex(entry.seed), format: "raw-seed", asymmetricKeyType: "ml-kem-768" } as const;
        return hex(openKem(createPrivateKey(key), unhex(entry.c)));
      };
      if (entry.result === "valid") expect(open()).toBe(entry.K);
      else expect(open).toThrow();
    }
  });
});
