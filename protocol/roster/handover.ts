/** Log and witness keys follow one another in the open: each change ends with a checkpoint signed by both keys. */
import { equalBytes, pae, unhex, utf8 } from "../encoding/index.ts";
import { signEd25519, verifyEd25519, type MemberId } from "../identity/index.ts";
import { refusal } from "./fields.ts";
import type { FormerKey, Handover, RosterEntry } from "./roster.ts";

export type LineRole = "log" | "witness";

/** The handover from one key to the next, made by the member with both seeds in hand. */
export function makeHandover(
  federationId: string,
  member: MemberId,
  role: LineRole,
  checkpoint: Uint8Array,
  seeds: { old: Uint8Array; new: Uint8Array },
): Handover {
  const message = handoverMessage(federationId, member, role, checkpoint);
  return { checkpoint, old: signEd25519(seeds.old, message), new: signEd25519(seeds.new, message) };
}

/** A member's keys for one role, oldest first, the present one last. */
export function lineOf(
  member: RosterEntry,
  role: LineRole,
): readonly (FormerKey | { readonly public: Uint8Array })[] {
  return [...formerOf(member, role), member[`${role}Key`]];
}

/** Throws `roster/handover` unless every key was handed over to the next, or is listed as lost. */
export function checkHandovers(federationId: string, member: RosterEntry, role: LineRole): void {
  const line = lineOf(member, role);
  for (const [at, { handover, public: old }] of formerOf(member, role).entries()) {
    const next = line[at + 1];
    if ("lost" in handover) continue;
    const message = handoverMessage(federationId, member.id, role, handover.checkpoint);
    const signed =
      next && verifyEd25519(old, message, handover.old) && verifyEd25519(next.public, message, handover.new);
    if (!signed) throw refused(member.id, role);
  }
}

/** Throws `roster/handover` unless the earlier line of keys is the beginning of the later one. */
export function checkLineGrew(before: RosterEntry, after: RosterEntry, role: LineRole): void {
  const later = lineOf(after, role);
  const kept = lineOf(before, role).every((key, at) => later[at] && equalBytes(key.public, later[at].public));
  if (!kept) throw refused(after.id, role);
}

function formerOf(member: RosterEntry, role: LineRole): readonly FormerKey[] {
  return (role === "log" ? member.formerLogKeys : member.formerWitnessKeys) ?? [];
}

/** What both keys sign. */
export function handoverMessage(
  federationId: string,
  member: MemberId,
  role: LineRole,
  checkpoint: Uint8Array,
): Uint8Array {
  return pae("wardline/handover/1", unhex(federationId, 32), unhex(member, 16), utf8(role), checkpoint);
}

function refused(member: MemberId, role: LineRole) {
  const advice = "List every former key with a checkpoint signed by it and its successor, or as lost.";
  return refusal(
    "roster",
    "handover",
    `A ${role} key changed without being handed over.`,
    { member },
    advice,
  );
}
