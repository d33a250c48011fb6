/** Taking a new roster: signed by enough registrars of enough jurisdictions, never older, never a second one of a version. */
import { twoOfOneVersion } from "./evidence.ts";
import { refusal } from "./fields.ts";
import { fileHash, type FederationFile } from "./file.ts";
import { mostVersionsAhead } from "./limits.ts";
import { standingSuccessors } from "./key-lines.ts";
import { readRoster, type Roster } from "./roster.ts";
import { checkRoster } from "./roster-rules.ts";
import { standingCards } from "./standing.ts";
import { checkSuccession } from "./succession.ts";
import { inForce } from "./suspensions.ts";
import { checkThreshold } from "./threshold.ts";
import { checkFederation, currentRoot, isDisputed, resolutionOf, type Trust } from "./trust.ts";

/**
 * Takes a newer roster, or the one already held (nothing changes). Cards of keys that it cuts off, or of members that it
 * revokes, are put away, and so are notes of successors that it lists. Throws `roster/federation`, `roster/disputed`, `roster/root-expired`, `roster/threshold`,
 * `roster/one-jurisdiction`, `roster/resolved-otherwise`, `roster/rollback`, `roster/two-of-one-version`,
 * `roster/below-invite`, `roster/too-far-ahead`, and what `checkRoster` and `checkSuccession` throw.
 */
export function acceptRoster(trust: Trust, file: FederationFile, now: number): Trust {
  if (trust.roster && fileHash(trust.roster.file) === fileHash(file)) return inForce(trust, now);
  const roster = readRoster(file.bytes);
  checkFederation("roster", trust, roster.federation);
  const root = currentRoot(trust).value;
  if (now >= root.expires) {
    const advice = "Fetch the next root file; without one, nothing new can be trusted.";
    throw refusal("roster", "root-expired", "The root has expired.", { expires: root.expires }, advice);
  }
  checkThreshold("roster", file, trust.federationId, root.registrars, now);
  checkVersion(trust, roster, file);
  checkRoster(roster, root, now);
  if (trust.roster) checkSuccession(trust.roster.value, roster);
  const standing = {
    cards: standingCards(trust.cards, roster),
    successors: standingSuccessors(trust, roster),
  };
  return inForce({ ...trust, roster: { file, value: roster }, ...standing }, now);
}

/** Runs on a roster whose signatures are verified, so that only its signers can cause a dispute. */
function checkVersion(trust: Trust, { version }: Roster, file: FederationFile): void {
  const named = resolutionOf(trust, version);
  if (named !== undefined && named !== fileHash(file)) {
    throw refusal("roster", "resolved-otherwise", `The root has named another roster of version ${version}.`);
  }
  const held = trust.roster;
  if (version === held?.value.version) {
    throw twoOfOneVersion({ kind: "roster", version, first: held.file, second: file });
  }
  if (isDisputed(trust)) {
    const advice = "Wait for a file signed by the root that names the one roster.";
    throw refusal("roster", "disputed", "Two files of one version stand unresolved.", {}, advice);
  }
  if (version < (held?.value.version ?? 0)) {
    throw refusal("roster", "rollback", "The roster is older than the one held.", { version });
  }
  if (version < trust.floor) {
    throw refusal("roster", "below-invite", "The roster is older than the invite allows.", { version });
  }
  if (held && version > held.value.version + mostVersionsAhead) {
    throw refusal("roster", "too-far-ahead", "The roster's version is not credible.", { version });
  }
}
