/** What differs in one member's row of the roster, fact by fact, and the words of its keys. */
import { keyIdOf } from "../identity/index.ts";
import type { ListedIdentityKey, RosterEntry } from "./roster.ts";
import { wordsFor } from "./words.ts";

export const changedFacts = [
  "name",
  "country",
  "kind",
  "status",
  "contact",
  "capabilities",
  "witnesses",
  "words",
  "identity-key",
  "identity-key-begins",
  "identity-key-ends",
  "identity-key-cut-off",
  "log-key",
  "witness-key",
  "until",
  "threshold",
  "jurisdictions",
  "version",
  "unnamed",
] as const;

export interface ChangedFact {
  /** `unnamed`: something differs that these words have no name for; nobody should sign it. */
  readonly fact: (typeof changedFacts)[number];
  /** Which of several, e.g. a key's first digits. */
  readonly which?: string;
  /** Words, a count, or a time in milliseconds (`until`, `identity-key…`). */
  readonly before?: string | number;
  readonly after?: string | number;
}

const plainFacts = ["name", "country", "kind", "status", "contact"] as const;
const listFacts = ["capabilities", "witnesses"] as const;

export function memberFacts(before: RosterEntry, after: RosterEntry): ChangedFact[] {
  const plain = plainFacts
    .filter((fact) => before[fact] !== after[fact])
    .map((fact) => ({ fact, before: before[fact], after: after[fact] }));
  const lists = listFacts
    .filter((fact) => before[fact].join() !== after[fact].join())
    .map((fact) => ({ fact, before: before[fact].join(", "), after: after[fact].join(", ") }));
  return [...plain, ...lists, ...keyFacts(before, after)];
}

function keyFacts(before: RosterEntry, after: RosterEntry): ChangedFact[] {
  const held = new Map(before.identityKeys.map((key) => [keyIdOf(key.public), key]));
  const changes = after.identityKeys.flatMap((key) => identityFacts(held.get(keyIdOf(key.public)), key));
  const singles = (["log", "witness"] as const).filter((role) => isNewKey(before, after, role));
  return [
    ...changes,
    ...singles.map((role) => ({ fact: `${role}-key` as const })),
    ...(hasNewKeys(before, after) ? [{ fact: "words" as const, after: wordsOfMember(after) }] : []),
  ];
}

function identityFacts(before: ListedIdentityKey | undefined, key: ListedIdentityKey): ChangedFact[] {
  const which = keyIdOf(key.public).slice(0, 16);
  if (!before) return [{ fact: "identity-key", which, after: key.until }];
  const facts: ChangedFact[] = [];
  if (before.from !== key.from)
    facts.push({ fact: "identity-key-begins", which, before: before.from, after: key.from });
  if (before.until !== key.until)
    facts.push({ fact: "identity-key-ends", which, before: before.until, after: key.until });
  if (before.cutoff?.at !== key.cutoff?.at)
    facts.push({ fact: "identity-key-cut-off", which, ...(key.cutoff && { after: key.cutoff.at }) });
  return facts;
}

/** Whether a member lists a key that nobody has vouched for yet. */
export function hasNewKeys(before: RosterEntry, after: RosterEntry): boolean {
  const held = new Set(before.identityKeys.map((key) => keyIdOf(key.public)));
  return (
    after.identityKeys.some((key) => !held.has(keyIdOf(key.public))) ||
    isNewKey(before, after, "log") ||
    isNewKey(before, after, "witness")
  );
}

/** The words that the member's node shows: those of its newest keys. */
export function wordsOfMember({ identityKeys, logKey, witnessKey }: RosterEntry): string {
  const newest = identityKeys.toSorted((a, b) => a.since - b.since || a.from - b.from).at(-1);
  if (!newest) return "";
  return wordsFor({ identity: newest.public, log: logKey.public, witness: witnessKey.public }).join(" ");
}

function isNewKey(before: RosterEntry, after: RosterEntry, role: "log" | "witness"): boolean {
  return before[`${role}Key`].public.toHex() !== after[`${role}Key`].public.toHex();
}
