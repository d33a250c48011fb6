/** What registrars change about members: status, contact, capabilities, and the end of keys that others may hold. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Cutoff, Roster, RosterEntry } from "@wardline/protocol/roster";
import { amendMember, findMember } from "./drafts.ts";

export interface Facts {
  readonly name?: string;
  readonly contact?: string;
  readonly capabilities?: readonly string[];
  /** Members whose cosignatures this one's log needs, by id. */
  readonly witnesses?: readonly string[];
}

export const suspend = (folder: string, member: string, now: number): Promise<void> =>
  amendMember(folder, now, member, (entry) => withStatus(entry, "suspended"));

export const reinstate = (folder: string, member: string, now: number): Promise<void> =>
  amendMember(folder, now, member, (entry) => withStatus(entry, "active"));

/** For ever. With a cut-off, what its keys signed counts only if honest logs held it before. */
export const revoke = (folder: string, member: string, cutoff: Cutoff | undefined, now: number) =>
  amendMember(folder, now, member, (entry) => {
    const identityKeys = entry.identityKeys.map((key) => (cutoff && !key.cutoff ? { ...key, cutoff } : key));
    return { ...withStatus(entry, "revoked"), identityKeys };
  });

export const changeFacts = (folder: string, member: string, facts: Facts, now: number): Promise<void> =>
  amendMember(folder, now, member, (entry, roster) => ({
    ...entry,
    ...(facts.name !== undefined && { name: facts.name }),
    ...(facts.contact !== undefined && { contact: facts.contact }),
    ...(facts.capabilities && { capabilities: [...facts.capabilities] }),
    ...(facts.witnesses && { witnesses: witnessIds(facts.witnesses, roster) }),
  }));

function witnessIds(ids: readonly string[], roster: Roster): string[] {
  return ids.map((id) => findMember(roster, id).id);
}

function withStatus(entry: RosterEntry, status: RosterEntry["status"]): RosterEntry {
  if (entry.status === "revoked") {
    throw new WardlineError("cli/revoked", `Member ${entry.id} was revoked, and that is for ever.`, {
      advice: "It can join again as a new member, with new keys.",
    });
  }
  return { ...entry, status };
}
