/**
 * Makes the golden messages of `/wardline/freshness/1`, `node scripts/golden/cosigning.ts`: the hotline of the golden
 * membership files proposes the next freshness file, the police sign it too; and it proposes to lift a suspension.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { base64 } from "@wardline/protocol/encoding";
import { buildSuspension, fileHash, nextFreshness, type Trust } from "@wardline/protocol/roster";
import { encodeCosignatures, encodeProposal } from "../../node/federation/freshness/wire.ts";
import { membershipTrust, type GoldenMembership } from "../../tests/conformance/membership.ts";
import { signWith } from "./pairs.ts";
import { freshnessKeys } from "./roster.ts";

const folder = new URL("../../tests/conformance/golden/", import.meta.url);
const hour = 3_600_000;

export function makeCosigning(): object {
  const golden = JSON.parse(readFileSync(new URL("roster.json", folder), "utf8")) as GoldenMembership;
  const trust = membershipTrust(golden);
  // When the file held is eight hours old.
  const at = golden.now + 7 * hour;
  const bytes = nextFreshness(trust, at);
  const signatures = signWith("freshness", bytes, trust.federationId, freshnessKeys).signatures;
  const proposal = { bytes, signatures: signatures.slice(0, 1) };
  return {
    at,
    request: base64(encodeProposal("freshness", proposal)),
    answer: base64(encodeCosignatures(signatures.slice(1))),
    liftingRequest: base64(encodeProposal("suspension", liftingOf(trust, at))),
    liftingAnswer: base64(encodeCosignatures([])),
  };
}

/** Ends the first suspension in force; signed by the hotline alone. */
function liftingOf(trust: Trust, at: number) {
  const [suspension] = trust.suspensions;
  if (!suspension) throw new Error("the golden federation lacks a suspension");
  const bytes = buildSuspension({
    ...{ federation: trust.federationId, created: at, expires: at + 72 * hour, members: [] },
    ...{ lifts: [fileHash(suspension.file)], reason: "the exercise is over" },
  });
  return signWith("suspension", bytes, trust.federationId, freshnessKeys.slice(0, 1));
}

if (import.meta.main)
  writeFileSync(new URL("cosigning.json", folder), `${JSON.stringify(makeCosigning(), null, 1)}\n`);
