/** What one roster owes to the one before it: nobody and no key disappears, and no history is rewritten. */
import { keyIdOf } from "../identity/index.ts";
import { refusal } from "./fields.ts";
import { checkLineGrew } from "./handover.ts";
import type { ListedIdentityKey, Roster, RosterEntry } from "./roster.ts";

/**
 * Holds between any two rosters, also when versions in between were missed. Throws `roster/member-vanished`,
 * `roster/key-history`, `roster/cutoff-lifted`, `roster/handover`.
 */
export function checkSuccession(before: Roster, after: Roster): void {
  const later = new Map(after.members.map((member) => [member.id, member]));
  for (const member of before.members) {
    const next = later.get(member.id);
    if (!next) {
      const advice = "A member that leaves is listed as revoked: what it has signed stays verifiable.";
      throw refusal("roster", "member-vanished", "A member is missing.", { member: member.id }, advice);
    }
    checkKeysKept(member, next);
    checkLineGrew(member, next, "log");
    checkLineGrew(member, next, "witness");
  }
  const known = new Set(before.members.flatMap((member) => member.identityKeys.map(idOf)));
  for (const key of after.members.flatMap((member) => member.identityKeys)) {
    if (known.has(idOf(key)) || key.since > before.version) continue;
    throw refusal("roster", "key-history", "A new key claims to have been listed before.");
  }
}

function checkKeysKept(before: RosterEntry, after: RosterEntry): void {
  const later = new Map(after.identityKeys.map((key) => [idOf(key), key]));
  for (const key of before.identityKeys) {
    const next = later.get(idOf(key));
    const member = after.id;
    if (next?.since !== key.since) {
      throw refusal("roster", "key-history", "A key that was listed is missing or changed.", { member });
    }
    if (key.cutoff && !next.cutoff)
      throw refusal("roster", "cutoff-lifted", "A cut-off was taken back.", { member });
  }
}

function idOf(key: ListedIdentityKey): string {
  return keyIdOf(key.public);
}
