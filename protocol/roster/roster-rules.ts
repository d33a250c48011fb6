/** The rules that a roster must keep by itself, whatever came before it. */
import { refusal } from "./fields.ts";
import { clockSkew, life } from "./limits.ts";
import { hasProvenPair, hasProvenSingle } from "./possession.ts";
import { keysOfRoot, type Root } from "./root.ts";
import type { FreshnessKey, Roster, RosterEntry } from "./roster.ts";
import { checkHandovers, lineOf } from "./handover.ts";
import { claimKeys } from "./rows.ts";
import { checkRole, type Role } from "./threshold.ts";

/**
 * Checks lives, rows, proofs of possession, the freshness role and the witnesses. Throws `roster/from-the-future`,
 * `roster/expired`, `…/lives-too-long`, `…/member-twice`, `…/key-in-two-rows`, `…/bad-key`, `…/possession`,
 * `…/unknown-member`, `…/weak-threshold`, `…/witnesses`, `…/key-history`, `…/handover`.
 */
export function checkRoster(roster: Roster, root: Root, now: number): void {
  checkLife(roster, now);
  const ids = new Set(roster.members.map((member) => member.id));
  if (ids.size < roster.members.length)
    throw refusal("roster", "member-twice", "Two rows have one member id.");
  claimKeys("roster", new Set(), [...keysOfRoot(root), ...keysOfRoster(roster)]);
  for (const member of roster.members) {
    checkMemberKeys(member, roster);
    checkWitnesses(member, roster);
  }
  for (const key of roster.freshness.keys) checkFreshnessKey(key, roster);
  checkRole("roster", "freshness", freshnessRole(roster));
}

/**
 * The freshness role with each key's jurisdiction, which is that of the member who holds it. A key whose holder the
 * roster has suspended or revoked counts for nothing.
 */
export function freshnessRole(roster: Roster): Role {
  const { threshold, jurisdictions, keys } = roster.freshness;
  const held = keys.map((key) => ({ key, holder: holderOf(key, roster) }));
  const counting = held.filter(({ holder }) => holder.status === "active");
  return {
    threshold,
    jurisdictions,
    keys: counting.map(({ key, holder }) => ({ ...key, jurisdiction: holder.country })),
  };
}

function checkLife(roster: Roster, now: number): void {
  if (roster.created > now + clockSkew) {
    throw refusal("roster", "from-the-future", "The roster was made later than now.");
  }
  if (roster.expires <= roster.created || roster.expires - roster.created > life.roster) {
    throw refusal("roster", "lives-too-long", "A roster lives 90 days at most.");
  }
  if (now < roster.expires) return;
  const advice = "Ask another member or a registrar for the current roster.";
  throw refusal("roster", "expired", "The roster has expired.", { expires: roster.expires }, advice);
}

/** Every signing key that the roster lists, former ones included. */
export function keysOfRoster(roster: Roster) {
  const ofMember = (member: RosterEntry) => [
    ...member.identityKeys.map((key) => key.public),
    ...lineOf(member, "log").map((key) => key.public),
    ...lineOf(member, "witness").map((key) => key.public),
  ];
  return [...roster.members.flatMap(ofMember), ...roster.freshness.keys.map((key) => key.public)];
}

/**
 * The lives of a member's keys, the proofs that it holds each of them, and its handovers. Throws `roster/lives-too-long`,
 * `roster/key-history`, `roster/possession`, `roster/handover`.
 */
export function checkMemberKeys(
  member: RosterEntry,
  { federation, version }: Pick<Roster, "federation" | "version">,
): void {
  for (const key of member.identityKeys) {
    checkKeyLife(key, life.identityKey, "An identity key lives one year at most.");
    if (key.since > version) throw refusal("roster", "key-history", "A key claims a later roster version.");
    if (!hasProvenPair(key.public, key.proof, federation, member.id, "identity"))
      throw notPossessed(member.id);
  }
  for (const role of ["log", "witness"] as const) {
    const key = member[`${role}Key`];
    if (!hasProvenSingle(key.public, key.proof, federation, member.id, role)) throw notPossessed(member.id);
    checkHandovers(federation, member, role);
  }
}

function checkFreshnessKey(key: FreshnessKey, roster: Roster): void {
  checkKeyLife(key, life.freshnessKey, "A freshness key lives 90 days at most.");
  const holder = holderOf(key, roster);
  if (!hasProvenPair(key.public, key.proof, roster.federation, holder.id, "freshness"))
    throw notPossessed(holder.id);
}

function checkKeyLife(key: { from: number; until: number }, most: number, message: string): void {
  if (key.until <= key.from || key.until - key.from > most)
    throw refusal("roster", "lives-too-long", message);
}

function holderOf(key: FreshnessKey, roster: Roster): RosterEntry {
  const holder = roster.members.find((member) => member.id === key.member);
  if (holder) return holder;
  throw refusal("roster", "unknown-member", "A freshness key names no member.", { member: key.member });
}

/** Witnesses of one log are other members, each of another jurisdiction: no one state can bless two histories. */
function checkWitnesses(member: RosterEntry, roster: Roster): void {
  const witnesses = member.witnesses.map((id) => roster.members.find((other) => other.id === id));
  const countries = new Set(witnesses.map((witness) => witness?.country));
  const named = witnesses.every((witness) => witness && witness.id !== member.id);
  if (named && countries.size === witnesses.length) return;
  const message = "Witnesses of a log must be other members, each of a jurisdiction of its own.";
  throw refusal("roster", "witnesses", message, { member: member.id });
}

function notPossessed(member: string) {
  const advice = "The member must sign for each of its keys; ask it for a new proof.";
  return refusal(
    "roster",
    "possession",
    "A listed key has not signed for its member and role.",
    { member },
    advice,
  );
}
