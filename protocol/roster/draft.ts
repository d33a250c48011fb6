/** Drafts: files that holders look at and sign before they are complete, each on a machine of its own. */
import { refusal } from "./fields.ts";
import { fileHash } from "./file.ts";
import { readFreshness } from "./freshness.ts";
import { rosterVersion } from "./reading.ts";
import { checkRoot, readRoot } from "./root.ts";
import { checkRoster, freshnessRole } from "./roster-rules.ts";
import { readRoster, type Roster } from "./roster.ts";
import { checkSuccession } from "./succession.ts";
import { keyIdOf } from "../identity/index.ts";
import type { Role, RoleKey } from "./threshold.ts";
import { checkFederation, currentRoot, isDisputed, type Trust } from "./trust.ts";

export type DraftType = "root" | "roster" | "freshness";

/** A key that may sign a draft, with the name of the person, office or member that holds it. */
export interface Signer extends RoleKey {
  readonly holder: string;
}

/**
 * Refuses a draft that could not be taken however many sign it, so that nobody signs in vain. Without a trust it is the
 * first root. It has to be the very next version: who signs must know what is in force. Throws `roster/gap`,
 * `roster/rollback`, `roster/disputed`, `roster/mix-and-match`, and what the file's own rules throw.
 */
export function checkDraft(trust: Trust | undefined, type: DraftType, bytes: Uint8Array, now: number): void {
  if (type === "root") return checkRootDraft(trust, bytes, now);
  const held = heldBy(trust, type);
  if (type === "freshness") return checkFreshnessDraft(held, bytes);
  const roster = readRoster(bytes);
  checkFederation("roster", held, roster.federation);
  if (isDisputed(held)) {
    const advice = "A root that names the one roster comes first.";
    throw refusal("roster", "disputed", "Two files of one version stand unresolved.", {}, advice);
  }
  checkNext("roster", roster.version, rosterVersion(held));
  checkRoster(roster, currentRoot(held).value, now);
  if (held.roster) checkSuccession(held.roster.value, roster);
}

/** The roles whose thresholds a file needs. The next root needs those of the root in force and its own. */
export function rolesFor(
  trust: Trust | undefined,
  type: DraftType,
  bytes: Uint8Array,
): readonly Role<Signer>[] {
  if (type === "root") {
    const next = readRoot(bytes);
    const before = trust?.roots.find(({ value }) => value.version === next.version - 1)?.value;
    return before ? [before.root, next.root] : [next.root];
  }
  const held = heldBy(trust, type);
  if (type === "roster") return [currentRoot(held).value.registrars];
  return held.roster ? [namedFreshnessRole(held.roster.value)] : [];
}

function namedFreshnessRole(roster: Roster): Role<Signer> {
  const role = freshnessRole(roster);
  const named = (key: RoleKey) => {
    const listed = roster.freshness.keys.find((each) => keyIdOf(each.public) === keyIdOf(key.public));
    const holder = roster.members.find(({ id }) => id === listed?.member)?.name ?? "";
    return { ...key, holder };
  };
  return { ...role, keys: role.keys.map(named) };
}

function checkRootDraft(trust: Trust | undefined, bytes: Uint8Array, now: number): void {
  const root = readRoot(bytes);
  checkNext("root", root.version, trust ? currentRoot(trust).value.version : 0);
  checkRoot(root, now);
}

function checkFreshnessDraft(trust: Trust, bytes: Uint8Array): void {
  const freshness = readFreshness(bytes);
  checkFederation("freshness", trust, freshness.federation);
  if (trust.roster && freshness.rosterHash === fileHash(trust.roster.file)) return;
  throw refusal("freshness", "mix-and-match", "The freshness file pins another roster.");
}

function checkNext(type: "root" | "roster", version: number, held: number): void {
  if (version === held + 1) return;
  const details = { version, held };
  if (version <= held) throw refusal(type, "rollback", `Version ${version} is there already.`, details);
  const advice = `Take every ${type} in between first.`;
  throw refusal(type, "gap", `Version ${held + 1} is missing before ${version}.`, details, advice);
}

function heldBy(trust: Trust | undefined, type: DraftType): Trust {
  if (trust) return trust;
  throw refusal(type, "no-root", "No root is held yet.", {}, "Take the federation's root files first.");
}
