/** The golden membership files of version 1: taken, and refused, in the same way by every later version. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { unhex } from "@wardline/protocol/encoding";
import { decodeIdentitySecretKey, keyIdOf, sealingKeyFromSeed } from "@wardline/protocol/identity";
import {
  card,
  decodeTrust,
  encodeTrust,
  freshnessOf,
  member,
  memberOfPeer,
  rosterVersion,
} from "@wardline/protocol/roster";
import { makeMembership } from "../../scripts/golden/roster.ts";
import { codeOf } from "../support/codes.ts";
import { accept, fileOf, membershipTrust, type GoldenMembership } from "./membership.ts";

const golden = JSON.parse(
  readFileSync(new URL("golden/roster.json", import.meta.url), "utf8"),
) as GoldenMembership;
const trust = membershipTrust(golden);
const [hotline, police, interpol] = golden.members.map(({ id }) => id) as [string, string, string];

test("the accepted files make the federation that they describe", () => {
  expect(trust.federationId).toBe(golden.federation);
  expect(trust.roots).toHaveLength(2);
  expect(rosterVersion(trust)).toBe(2);
  expect(freshnessOf(trust, golden.now)).toBe("current");
  expect(member(trust, interpol)?.status).toBe("suspended");
  expect(member(trust, police)?.status).toBe("active");
  expect(trust.suspensions.map(({ value }) => value.lifts?.length)).toEqual([undefined, 1]);
  expect(member(trust, hotline)?.identityKeys.map((key) => key.cutoff?.feeds[0]?.height)).toEqual([
    7,
    undefined,
  ]);
  expect(member(trust, hotline)?.formerLogKeys).toHaveLength(1);
  expect(member(trust, police)?.formerLogKeys).toHaveLength(1);
  expect(card(trust, hotline)).toBeUndefined();
  expect(card(trust, police)?.version).toBe(1);
  expect(encodeTrust(decodeTrust(encodeTrust(trust)))).toEqual(encodeTrust(trust));
});

test.each(golden.refused)("a $type file is refused as $code", ({ code, type, file }) => {
  expect(codeOf(() => accept[type](trust, fileOf(file), golden.now))).toBe(code);
});

test.each(golden.members)("keys of member $id grow from their seeds, under the same names", (names) => {
  const secret = decodeIdentitySecretKey(unhex(names.seeds.ed25519 + names.seeds.mldsa65));
  expect(keyIdOf(secret.public)).toBe(names.keyId);
  expect(sealingKeyFromSeed(unhex(names.seeds.sealing)).id).toBe(names.sealingKeyId);
  expect(names.words).toHaveLength(12);
  expect(memberOfPeer(trust, names.peerId)?.id).toBe(names.id === police ? police : undefined);
});

test("the same bytes are still made today", () => {
  expect(isDeepStrictEqual(makeMembership(), golden)).toBe(true);
});
