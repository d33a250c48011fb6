/** Drafts: files that holders look at and sign before they are complete, each on a machine of its own. */
import { refusal } from "./fields.ts";
import { fileHash, type FederationFile } from "./file.ts";
import { readFreshness } from "./freshness.ts";
import { rosterVersion } from "./reading.ts";
import { checkRoot, readRoot } from "./root.ts";
import { checkRoster, freshnessRole } from "./roster-rules.ts";
import { readRoster, type Roster } from "./roster.ts";
import { checkSuccession } from "./succession.ts";
import { keyIdOf, type MemberId } from "../identity/index.ts";
import { signersOf, type Role, type RoleKey } from "./threshold.ts";
import { checkFederation, currentRoot, isDisputed, type Trust } from "./trust.ts";

export const draftTypes = ["root", "roster", "freshness"] as const;
export type DraftType = (typeof draftTypes)[number];

/** A key that may sign a draft, with the name of the person, office or member that holds it. */
export interface Signer extends RoleKey {
  readonly holder: string;
}

/** Which of the files that are signed by hand this is, if it is one. Its form is not verified. */
export function draftTypeOf(bytes: Uint8Array): DraftType | undefined {
  const named = /"type":"wardline\/(\w+)\/1"/.exec(String.fromCharCode(...bytes.subarray(0, 64)))?.[1];
  return draftTypes.find((type) => type === named);
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

/** A freshness key that counts, with the member that holds it. */
export interface FreshnessHolder extends Signer {
  readonly member: MemberId;
}

/** Who may sign freshness and emergency suspensions by the roster held, if one is. */
export function freshnessHolders(trust: Trust): Role<FreshnessHolder> | undefined {
  return trust.roster && namedFreshnessRole(trust.roster.value);
}

/** How far a role's signatures under a draft have come. */
export interface SigningProgress {
  readonly threshold: number;
  readonly jurisdictions: number;
  readonly signers: readonly (Signer & { readonly signed: boolean })[];
  readonly complete: boolean;
}

/** For each role that a file needs: who has signed it, who else could, and whether it is enough. */
export function progressOf(
  trust: Trust | undefined,
  type: DraftType,
  file: FederationFile,
  now: number,
): SigningProgress[] {
  const federation = trust?.federationId ?? fileHash(file);
  return rolesFor(trust, type, file.bytes).map((role) => {
    const signed = new Set(signersOf(type, file, federation, role, now));
    const { threshold, jurisdictions } = role;
    const places = new Set([...signed].map((key) => key.jurisdiction));
    return {
      ...{ threshold, jurisdictions },
      signers: role.keys.map((key) => ({ ...key, signed: signed.has(key) })),
      complete: signed.size >= threshold && places.size >= jurisdictions,
    };
  });
}

function namedFreshnessRole(roster: Roster): Role<FreshnessHolder> {
  const role = freshnessRole(roster);
  const named = (key: RoleKey) => {
    const listed = roster.freshness.keys.find((each) => keyIdOf(each.public) === keyIdOf(key.public));
    const member = listed?.member ?? "";
    return { ...key, member, holder: roster.members.find(({ id }) => id === member)?.name ?? "" };
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
