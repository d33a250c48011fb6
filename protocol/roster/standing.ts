/** Which cards still stand under a roster: a cut-off voids its key's cards, a revocation all of a member's. */
import { keyIdOf, type KeyId, type MemberId } from "../identity/index.ts";
import type { CardContent } from "./card.ts";
import type { Roster, RosterEntry } from "./roster.ts";
import type { Held, Trust } from "./trust.ts";

export function standingCards(cards: Trust["cards"], roster: Roster): Trust["cards"] {
  const standing = new Map<MemberId, ReadonlyMap<KeyId, Held<CardContent>>>();
  for (const member of roster.members) {
    const usable = usableKeys(member);
    const kept = [...(cards.get(member.id) ?? [])].filter(([keyId]) => usable.has(keyId));
    if (kept.length > 0) standing.set(member.id, new Map(kept));
  }
  return standing;
}

/** The ids of keys whose cards count. */
function usableKeys(member: RosterEntry): Set<KeyId> {
  if (member.status === "revoked") return new Set();
  return new Set(member.identityKeys.filter((key) => !key.cutoff).map((key) => keyIdOf(key.public)));
}
