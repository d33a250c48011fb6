import { createCipheriv, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { concat, systemRandom, unhex, utf8 } from "@wardline/protocol/encoding";
import { createSealer } from "../../../node/store/sealing.ts";
import { codeOf } from "../../support/codes.ts";

const key = new Uint8Array(32).fill(7);
const sealer = () => createSealer(key, systemRandom);
const lengths = [0, 1, 15, 16, 17, 300, 2047, 2048, 70_000];

test("records of every length come back, also by another sealer of the same key", () => {
  const [one, other] = [sealer(), sealer()];
  for (const length of [...lengths, ...lengths]) {
    const record = systemRandom(length);
    const sealed = one.seal(record);
    expect(one.open(sealed)).toEqual(record);
    expect(other.open(sealed)).toEqual(record);
    expect(codeOf(() => createSealer(systemRandom(32), systemRandom).open(sealed))).toBe("store/damaged");
  }
});

test("no two records share key and nonce, however many there are", () => {
  const { seal } = sealer();
  const heads = Array.from({ length: 1000 }, () => seal(utf8("the same")).subarray(0, 26).toHex());
  expect(new Set(heads).size).toBe(heads.length);
});

test("one changed, missing or additional byte is seen anywhere", () => {
  const sealed = sealer().seal(systemRandom(40));
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(codeOf(() => sealer().open(changed))).toBe("store/damaged");
    expect(codeOf(() => sealer().open(sealed.slice(0, at)))).toBe("store/damaged");
  }
  expect(codeOf(() => sealer().open(concat(sealed, Uint8Array.of(0))))).toBe("store/damaged");
});

test("what earlier versions sealed still opens", () => {
  const salt = new Uint8Array(24).fill(9);
  const box = unhex("01" + "09".repeat(24) + "a77ad978741790d4b07b191eaf5aa70eed6a61935c3e4088");
  expect(sealer().open(box)).toEqual(utf8("a record"));
  const derived = createHmac("sha256", key).update("large ").update(salt).digest();
  const cipher = createCipheriv("aes-256-gcm", derived, new Uint8Array(12));
  const content = concat(cipher.update(new Uint8Array(2048).fill(1)), cipher.final());
  expect(content.subarray(0, 8).toHex()).toBe("b076095f0f521157");
  const large = concat(Uint8Array.of(2), salt, content, cipher.getAuthTag());
  expect(large.subarray(-32).toHex()).toBe(
    "26c817c9e7f8afc43c4e2c18e6c5096107b2a348b866e0cee523e92531f43cef",
  );
  expect(sealer().open(large)).toEqual(new Uint8Array(2048).fill(1));
});
