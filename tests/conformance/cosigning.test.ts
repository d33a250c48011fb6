/** The golden messages of freshness signed together: read by every later version, agreed to, and still made the same. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unbase64 } from "@wardline/protocol/encoding";
import {
  acceptFreshness,
  checkFreshnessProposal,
  checkSuspensionProposal,
  fileHash,
  readSuspension,
} from "@wardline/protocol/roster";
import { isComplete, validSignatures } from "../../node/federation/freshness/keys.ts";
import { readCosignatures, readProposal } from "../../node/federation/freshness/wire.ts";
import { makeCosigning } from "../../scripts/golden/cosigning.ts";
import { membershipTrust, type GoldenMembership } from "./membership.ts";

const read = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8")) as T;
const golden = read<{
  at: number;
  request: string;
  answer: string;
  liftingRequest: string;
  liftingAnswer: string;
}>("cosigning");
const membership = read<GoldenMembership>("roster");
const trust = membershipTrust(membership);
const [hotline, police] = membership.members.map(({ id }) => id);

test("a freshness file that one holder proposes is complete with what the other answers", () => {
  const { kind, file } = readProposal(unbase64(golden.request));
  expect(kind).toBe("freshness");
  expect(() => checkFreshnessProposal(trust, file.bytes, undefined, golden.at)).not.toThrow();
  expect(validSignatures("freshness", file, trust, golden.at, hotline)).toHaveLength(1);
  expect(isComplete("freshness", file, trust, golden.at)).toBe(false);
  const theirs = readCosignatures(unbase64(golden.answer));
  expect(
    validSignatures("freshness", { ...file, signatures: theirs }, trust, golden.at, police),
  ).toHaveLength(1);
  const both = { ...file, signatures: [...file.signatures, ...theirs] };
  const fresh = acceptFreshness(trust, both, golden.at);
  expect(fresh.freshness?.value.created).toBe(golden.at);
});

test("a lifting that is proposed names the suspension in force, and waits for people", () => {
  const { kind, file } = readProposal(unbase64(golden.liftingRequest));
  expect(kind).toBe("suspension");
  expect(() => checkSuspensionProposal(trust, file.bytes, golden.at)).not.toThrow();
  expect(validSignatures("suspension", file, trust, golden.at, hotline)).toHaveLength(1);
  const [suspension] = trust.suspensions;
  expect(readSuspension(file.bytes)).toMatchObject({
    members: [],
    lifts: [suspension && fileHash(suspension.file)],
  });
  expect(readCosignatures(unbase64(golden.liftingAnswer))).toEqual([]);
});

test("both are still made the same", () => {
  expect(makeCosigning()).toEqual(golden);
});
