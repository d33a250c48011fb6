/** Taking a freshness file or an emergency suspension, both signed by the role that the roster delegates. */
import { twoOfOneVersion } from "./evidence.ts";
import { refusal } from "./fields.ts";
import { fileHash, type FederationFile } from "./file.ts";
import { checkShortLife, readFreshness, readSuspension, type Freshness } from "./freshness.ts";
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
  if (freshness.rosterHash !== fileHash(roster.file)) {
    const advice =
      "Compare the roster with other members: somebody was given another one of the same version.";
    throw refusal("freshness", "mix-and-match", "The freshness file pins another roster.", {}, advice);
  }
  const keySet = keySetOf(roster.value.freshness.keys);
  checkNewer(trust, freshness, keySet, file);
  checkShortLife("freshness", freshness, now);
  return inForce({ ...trust, freshness: { file, value: freshness, keySet } }, now);
}

/**
 * Takes an emergency suspension; it stands until it runs out. Throws `roster/no-roster`, `roster/federation`,
 * `roster/threshold`, `roster/one-jurisdiction`, `roster/unknown-member`, `roster/from-the-future`,
 * `roster/lives-too-long`, `roster/expired`.
 */
export function acceptSuspension(trust: Trust, file: FederationFile, now: number): Trust {
  const hash = fileHash(file);
  if (trust.suspensions.some((held) => fileHash(held.file) === hash)) return inForce(trust, now);
  const suspension = readSuspension(file.bytes);
  checkFederation("suspension", trust, suspension.federation);
  const roster = heldRoster(trust).value;
  checkThreshold("suspension", file, trust.federationId, freshnessRole(roster), now);
  checkShortLife("suspension", suspension, now);
  const known = new Set(roster.members.map((member) => member.id));
  if (!suspension.members.every((id) => known.has(id))) {
    throw refusal("suspension", "unknown-member", "The suspension names somebody who is no member.");
  }
  const suspensions = withSuspension(trust.suspensions, { file, value: suspension });
  return inForce({ ...trust, suspensions }, now);
}

function heldRoster(trust: Trust): Held<Roster> {
  if (trust.roster) return trust.roster;
  throw refusal("roster", "no-roster", "No roster is held yet.", {}, "Take the roster first.");
}

function checkPinnedVersion(freshness: Freshness, roster: Roster): void {
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
