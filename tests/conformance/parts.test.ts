/** The parts of the membership exchange, put together from the text of the specification and held against the code's. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hex, unhex } from "@wardline/protocol/encoding";
import { differing, digestsOf, partOf } from "../../node/federation/membership/parts.ts";
import { given } from "../support/codes.ts";

interface Golden {
  readonly cards: readonly { member: string; key: string; version: number; hash: string }[];
  readonly listed: readonly number[];
  readonly parts: string;
}
const file = new URL("golden/parts.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8")) as Golden;
const cards = golden.cards.map(({ member, key, version, hash }) => ({
  ...{ member: unhex(member), key: unhex(key), version, hash: unhex(hash) },
}));

test("the digests are those of the specification", () => {
  const digest = (...chosen: number[]) => {
    const sum = createHash("sha256");
    for (const { member, key, version, hash } of chosen.map((at) => given(golden.cards[at])))
      sum.update(member + key + version.toString(16).padStart(16, "0") + hash, "hex");
    return sum.digest("hex").slice(0, 32);
  };
  const expected = Array.from({ length: 64 }, (_, part) => {
    if (part === 0xa1 % 64) return digest(2, 0);
    return part === 0xb1 % 64 ? digest(1) : digest();
  });
  expect(golden.parts).toBe(expected.join(""));
  expect(hex(digestsOf(cards))).toBe(golden.parts);
  expect(golden.listed).toEqual([0xa1 % 64, 0xb1 % 64]);
});

test("a card that came, went or is another one shows in its part alone", () => {
  const all = digestsOf(cards);
  expect(differing(all, digestsOf(cards.toReversed()))).toEqual([]);
  for (const card of cards) {
    const rest = cards.filter((one) => one !== card);
    for (const changed of [rest, [...rest, { ...card, version: 9 }], [...rest, { ...card, hash: card.key }]])
      expect(differing(all, digestsOf(changed))).toEqual([partOf(card.member)]);
  }
});
