/** Taking a freshness file or an emergency suspension, both signed by the role that the roster delegates. */
import { twoOfOneVersion } from "./evidence.ts";
import { refusal } from "./fields.ts";
import { fileHash, type FederationFile } from "./file.ts";
import {
  checkShortLife,
  readFreshness,
  readSuspension,
  type Freshness,
  type Suspension,
} from "./freshness.ts";
import { freshnessRole } from "./roster-rules.ts";
import type { Roster } from "./roster.ts";
import { inForce, withSuspension } from "./suspensions.ts";
import { checkThreshold, keySetOf } from "./threshold.ts";
import { checkFederation, type Held, type Trust } from "./trust.ts";

/**
 * Takes a newer freshness file for the held roster, or the one already held (nothing changes). Throws `roster/no-roster`,
 * `roster/federation`, `roster/unknown-roster` (fetch the roster first), `roster/rollback`, `roster/mix-and-match`,
 * `roster/threshold`, `roster/one-jurisdiction`, `roster/two-of-one-version`, `roster/from-the-future`,
 * `roster/lives-too-long`, `roster/expired`.
 */
export function acceptFreshness(trust: Trust, file: FederationFile, now: number): Trust {
  if (trust.freshness && fileHash(trust.freshness.file) === fileHash(file)) return inForce(trust, now);
  const freshness = readFreshness(file.bytes);
  checkFederation("freshness", trust, freshness.federation);
  const roster = heldRoster(trust);
  checkPinnedVersion(freshness, roster.value);
  checkThreshold("freshness", file, trust.federationId, freshnessRole(roster.value), now);
  checkPinnedHash(freshness, roster.file);
  const keySet = keySetOf(roster.value.freshness.keys);
  checkNewer(trust, freshness, keySet, file);
  checkShortLife("freshness", freshness, now);
  return inForce({ ...trust, freshness: { file, value: freshness, keySet } }, now);
}

/**
 * Takes an emergency suspension, which stands until it runs out or is lifted; or the lifting of such ones. Throws
 * `roster/no-roster`, `roster/federation`, `roster/threshold`, `roster/one-jurisdiction`, `roster/unknown-member`,
 * `roster/lifted`, `roster/lifts-too-short`, `roster/from-the-future`, `roster/lives-too-long`, `roster/expired`.
 */
export function acceptSuspension(trust: Trust, file: FederationFile, now: number): Trust {
  const hash = fileHash(file);
  if (trust.suspensions.some((held) => fileHash(held.file) === hash)) return inForce(trust, now);
  const suspension = readSuspension(file.bytes);
  checkFederation("suspension", trust, suspension.federation);
  const roster = heldRoster(trust).value;
  checkThreshold("suspension", file, trust.federationId, freshnessRole(roster), now);
  checkShortLife("suspension", suspension, now);
  checkKnownMembers(trust, suspension, hash);
  const suspensions = withSuspension(trust.suspensions, { file, value: suspension });
  return inForce({ ...trust, suspensions }, now);
}

/** A suspension of members, not lifted; or a lifting that outlives what it lifts, so that this cannot come back. */
export function checkKnownMembers(
  trust: Trust,
  { members, lifts = [], expires }: Suspension,
  hash: string,
): void {
  const known = new Set(trust.roster?.value.members.map((member) => member.id));
  if (!members.every((id) => known.has(id))) {
    throw refusal("suspension", "unknown-member", "The suspension names somebody who is no member.");
  }
  if (trust.suspensions.some(({ value }) => value.lifts?.includes(hash))) {
    throw refusal(
      "suspension",
      "lifted",
      "The suspension was lifted.",
      {},
      "Make a new one if it is needed again.",
    );
  }
  const outlived = trust.suspensions.every(
    ({ file, value }) => !lifts.includes(fileHash(file)) || value.expires <= expires,
  );
  if (!outlived)
    throw refusal("suspension", "lifts-too-short", "The lifting would end before what it lifts.");
}

function heldRoster(trust: Trust): Held<Roster> {
  if (trust.roster) return trust.roster;
  throw refusal("roster", "no-roster", "No roster is held yet.", {}, "Take the roster first.");
}

/** Throws `roster/mix-and-match`. */
export function checkPinnedHash(freshness: Freshness, roster: FederationFile): void {
  if (freshness.rosterHash === fileHash(roster)) return;
  const advice = "Compare the roster with other members: somebody was given another one of the same version.";
  throw refusal("freshness", "mix-and-match", "The freshness file pins another roster.", {}, advice);
}

/** Throws `roster/unknown-roster`, `roster/rollback`. */
export function checkPinnedVersion(freshness: Freshness, roster: Roster): void {
  const version = freshness.rosterVersion;
  if (version > roster.version) {
    const advice = "Fetch that roster first, then give the freshness file again.";
    throw refusal(
      "freshness",
      "unknown-roster",
      "The freshness file pins a newer roster.",
      { version },
      advice,
    );
  }
  if (version < roster.version) {
    throw refusal("freshness", "rollback", "The freshness file pins an older roster.", { version });
  }
}

/** Within one roster version and key set the counter rises; the time rises always, so that no suspension is undone by an older file. */
function checkNewer(trust: Trust, freshness: Freshness, keySet: string, file: FederationFile): void {
  const held = trust.freshness;
  if (!held) return;
  const { version } = freshness;
  const sameCounter = held.value.rosterVersion === freshness.rosterVersion && held.keySet === keySet;
  if (sameCounter && version === held.value.version) {
    throw twoOfOneVersion({ kind: "freshness", version, first: held.file, second: file });
  }
  if ((sameCounter && version < held.value.version) || freshness.created < held.value.created) {
    throw refusal("freshness", "rollback", "The freshness file is older than the one held.", { version });
  }
}
