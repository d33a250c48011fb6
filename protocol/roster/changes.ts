/** What a draft would change against what is in force, as data: people read it before they sign, in whatever language. */
import { keyIdOf } from "../identity/index.ts";
import type { DraftType } from "./draft.ts";
import { readFreshness } from "./freshness.ts";
import { readRoot, type Root } from "./root.ts";
import { readRoster, type FreshnessKey, type Roster, type RosterEntry } from "./roster.ts";
import type { Role } from "./threshold.ts";
import { currentRoot, type Trust } from "./trust.ts";
import { suspendedMembers } from "./suspensions.ts";
import { memberFacts, wordsOfMember, type ChangedFact } from "./member-changes.ts";
import { wordsOfHash } from "./words.ts";
import { unhex } from "../encoding/index.ts";

export const changedThings = [
  "member",
  "root-key",
  "registrar-key",
  "freshness-key",
  "root-rule",
  "registrar-rule",
  "freshness-rule",
  "resolution",
  "suspension",
] as const;
export const changeKinds = ["added", "changed", "removed"] as const;

export interface Change {
  readonly kind: (typeof changeKinds)[number];
  readonly of: (typeof changedThings)[number];
  /** Of the member or key; empty for a rule. */
  readonly id: string;
  /** Of the member or holder, in their own words; empty for a rule. */
  readonly name: string;
  readonly facts: readonly ChangedFact[];
}

/** Everything that differs; empty where the file only lives longer. Verifies nothing. Throws `roster/invalid`. */
export function changesIn(trust: Trust, type: DraftType, bytes: Uint8Array): Change[] {
  if (type === "root") return rootChanges(currentRoot(trust).value, readRoot(bytes));
  if (type === "roster") return rosterChanges(trust.roster?.value, readRoster(bytes));
  return suspensionChanges(trust, readFreshness(bytes).suspended);
}

/** What a roster changes against the one before it, if there was one. */
export function rosterChanges(before: Roster | undefined, roster: Roster): Change[] {
  const earlier = new Map(before?.members.map((entry) => [entry.id, entry]));
  const later = new Set(roster.members.map(({ id }) => id));
  const vanished = before?.members.filter(({ id }) => !later.has(id)) ?? [];
  return [
    ...roster.members.flatMap((entry) => memberChanges(earlier.get(entry.id), entry)),
    ...vanished.map((entry) => change("removed", "member", entry.id, entry.name)),
    ...ruleChanges("freshness-rule", before?.freshness, roster.freshness),
    ...freshnessKeyChanges(before, roster),
  ];
}

function memberChanges(before: RosterEntry | undefined, after: RosterEntry): Change[] {
  if (!before) {
    const facts = [
      { fact: "country", after: after.country },
      { fact: "kind", after: after.kind },
      { fact: "capabilities", after: after.capabilities.join(", ") },
      { fact: "contact", after: after.contact },
      { fact: "words", after: wordsOfMember(after) },
    ] as const;
    return [change("added", "member", after.id, after.name, facts)];
  }
  const facts = memberFacts(before, after);
  if (facts.length > 0) return [change("changed", "member", after.id, before.name, facts)];
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [change("changed", "member", after.id, before.name, [{ fact: "unnamed" }])];
}

function freshnessKeyChanges(before: Roster | undefined, roster: Roster): Change[] {
  const nameOf = (member: string) => roster.members.find(({ id }) => id === member)?.name ?? member;
  const row = (kind: Change["kind"]) => (key: FreshnessKey) =>
    change(kind, "freshness-key", keyIdOf(key.public), nameOf(key.member), [
      { fact: "until", after: key.until },
    ]);
  const [added, removed] = differing(before?.freshness.keys ?? [], roster.freshness.keys);
  return [...added.map(row("added")), ...removed.map(row("removed"))];
}

function rootChanges(before: Root, root: Root): Change[] {
  const known = new Set(before.resolved.map(({ hash }) => hash));
  const named = root.resolved.filter(({ hash }) => !known.has(hash));
  return [
    ...ruleChanges("root-rule", before.root, root.root),
    ...holderChanges("root-key", before.root, root.root),
    ...ruleChanges("registrar-rule", before.registrars, root.registrars),
    ...holderChanges("registrar-key", before.registrars, root.registrars),
    ...named.map(({ version, hash }) =>
      change("added", "resolution", hash, "", [{ fact: "version", after: version }]),
    ),
  ];
}

type Holder = Root["root"]["keys"][number] & { readonly until?: number };

function holderChanges(of: Change["of"], before: Role<Holder>, after: Role<Holder>): Change[] {
  const [added, removed] = differing(before.keys, after.keys);
  const row = (kind: Change["kind"]) => (key: Holder) =>
    change(kind, of, keyIdOf(key.public), key.holder, [
      { fact: "country", after: key.jurisdiction },
      ...(key.until === undefined ? [] : [{ fact: "until" as const, after: key.until }]),
      ...(kind === "added" ? [{ fact: "words" as const, after: wordsOfKey(key) }] : []),
    ]);
  return [...added.map(row("added")), ...removed.map(row("removed"))];
}

function ruleChanges(
  of: Change["of"],
  before: Role | Roster["freshness"] | undefined,
  after: Role | Roster["freshness"],
) {
  if (!before) return [];
  const facts = (["threshold", "jurisdictions"] as const)
    .filter((fact) => before[fact] !== after[fact])
    .map((fact) => ({ fact, before: before[fact], after: after[fact] }));
  return facts.length === 0 ? [] : [change("changed", of, "", "", facts)];
}

function suspensionChanges(trust: Trust, suspended: readonly string[]): Change[] {
  const nameOf = (member: string) =>
    trust.roster?.value.members.find(({ id }) => id === member)?.name ?? member;
  const before = suspendedMembers(trust);
  const now = new Set(suspended);
  const added = [...now].filter((id) => !before.has(id));
  const removed = (trust.freshness?.value.suspended ?? []).filter((id) => !now.has(id));
  return [
    ...added.map((id) => change("added", "suspension", id, nameOf(id))),
    ...removed.map((id) => change("removed", "suspension", id, nameOf(id))),
  ];
}

function differing<Key extends Pick<Holder, "public">>(before: readonly Key[], after: readonly Key[]) {
  const id = (key: Key) => keyIdOf(key.public);
  const [held, kept] = [new Set(before.map(id)), new Set(after.map(id))];
  return [after.filter((key) => !held.has(id(key))), before.filter((key) => !kept.has(id(key)))] as const;
}

const wordsOfKey = (key: Pick<Holder, "public">) => wordsOfHash(unhex(keyIdOf(key.public), 32)).join(" ");

function change(
  kind: Change["kind"],
  of: Change["of"],
  id: string,
  name: string,
  facts: readonly ChangedFact[] = [],
): Change {
  return { kind, of, id, name, facts };
}
