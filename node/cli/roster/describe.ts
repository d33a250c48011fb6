/** Membership files in words that a person can read before signing: what a file says, and what it would change. */
import { keyIdOf } from "@wardline/protocol/identity";
import {
  readFreshness,
  readRoot,
  readRoster,
  wordsFor,
  type FederationFile,
  type ListedIdentityKey,
  type Role,
  type Root,
  type Roster,
  type RosterEntry,
  type Signer,
  type Trust,
} from "@wardline/protocol/roster";
import { typeOf, wordsOfFile } from "./publish.ts";
import { wordsOfKey } from "./public-key.ts";
import { tell } from "./tell.ts";

/** Prints what a file says and what it changes against what is in force. */
export function tellDraft(trust: Trust | undefined, file: FederationFile, now: number): void {
  tell(`Words of this file: ${wordsOfFile(file)}`);
  const type = typeOf(file);
  if (type === "root") return tellRoot(trust?.roots.at(-1)?.value, readRoot(file.bytes));
  if (type === "roster") return tellRoster(trust?.roster?.value, readRoster(file.bytes));
  const { rosterVersion, expires, suspended } = readFreshness(file.bytes);
  tell(
    `Freshness of roster version ${rosterVersion}, until ${dateOf(expires)}${expires < now ? " (past)" : ""}`,
    `Suspended: ${suspended.join(", ") || "nobody"}`,
  );
}

function tellRoot(before: Root | undefined, root: Root): void {
  tell(`Root version ${root.version}, until ${dateOf(root.expires)}`);
  tellRole("The next root", before?.root, root.root);
  tellRole("A roster", before?.registrars, root.registrars);
  const known = new Set(before?.resolved.map(({ hash }) => hash));
  for (const { version, hash } of root.resolved) {
    if (!known.has(hash)) tell(`+ of two rosters of version ${version}, the one is ${hash}`);
  }
}

function tellRole(what: string, before: Role<Signer> | undefined, role: Role<Signer>): void {
  const rule = ({ threshold, jurisdictions, keys }: Role) =>
    `${threshold} of ${keys.length} keys, in at least ${jurisdictions} jurisdictions`;
  const was = before && rule(before) !== rule(role) ? ` (until now ${rule(before)})` : "";
  tell(`${what} needs ${rule(role)}${was}:`);
  const id = (key: Signer) => keyIdOf(key.public);
  const held = new Set(before?.keys.map(id));
  const kept = new Set(role.keys.map(id));
  for (const key of role.keys) {
    const ends = key.until === undefined ? "" : `, until ${dateOf(key.until)}`;
    tell(
      `${held.has(id(key)) ? " " : "+"} ${key.jurisdiction}  ${key.holder}  key ${id(key).slice(0, 16)}${ends}`,
    );
    if (!held.has(id(key))) tell(`    words: ${wordsOfKey(key.public)}`);
  }
  for (const key of before?.keys ?? []) {
    if (!kept.has(id(key))) tell(`- ${key.jurisdiction}  ${key.holder}  key ${id(key).slice(0, 16)}`);
  }
}

function tellRoster(before: Roster | undefined, roster: Roster): void {
  tell(
    `Roster version ${roster.version}, until ${dateOf(roster.expires)}: ${roster.members.length} member(s)`,
  );
  tell(before ? `Against version ${before.version}, which is in force:` : "Nothing is in force yet:");
  const lines = differences(before, roster);
  for (const line of lines.length > 0 ? lines : ["  no member changes; it is good for longer"]) tell(line);
}

function differences(before: Roster | undefined, roster: Roster): string[] {
  const earlier = new Map(before?.members.map((member) => [member.id, member]));
  const later = new Set(roster.members.map(({ id }) => id));
  const vanished = before?.members.filter(({ id }) => !later.has(id)) ?? [];
  return [
    ...roster.members.flatMap((member) => memberLines(earlier.get(member.id), member)),
    ...vanished.map(({ id, name }) => `- ${name}  ${id}  IS MISSING`),
    ...freshnessLines(before, roster),
  ];
}

function memberLines(before: RosterEntry | undefined, after: RosterEntry): string[] {
  if (!before) {
    return [
      `+ ${after.name} (${after.country}, ${after.kind})  ${after.id}`,
      `    ${after.capabilities.join(", ")}; contact: ${after.contact || "none"}`,
      `    words: ${wordsOfMember(after)}`,
    ];
  }
  const named = [...factLines(before, after), ...keyLines(before, after)];
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  const lines =
    named.length > 0 || isSame ? named : ["something differs that has no words here: do not sign"];
  return lines.length === 0 ? [] : [`~ ${before.name}  ${after.id}`, ...lines.map((line) => `    ${line}`)];
}

const facts = ["name", "country", "kind", "status", "contact"] as const;

function factLines(before: RosterEntry, after: RosterEntry): string[] {
  const changed = facts.filter((fact) => before[fact] !== after[fact]);
  const lists = (["capabilities", "witnesses"] as const).filter(
    (list) => before[list].join() !== after[list].join(),
  );
  return [
    ...changed.map((fact) => `${fact}: ${before[fact] || "none"} → ${after[fact] || "none"}`),
    ...lists.map(
      (list) => `${list}: ${before[list].join(", ") || "none"} → ${after[list].join(", ") || "none"}`,
    ),
  ];
}

function keyLines(before: RosterEntry, after: RosterEntry): string[] {
  const held = new Map(before.identityKeys.map((key) => [keyIdOf(key.public), key]));
  const changes = after.identityKeys.flatMap((key) => keyChanges(held.get(keyIdOf(key.public)), key));
  const singles = (["log", "witness"] as const).filter(
    (role) => before[`${role}Key`].public.toHex() !== after[`${role}Key`].public.toHex(),
  );
  return [
    ...changes,
    ...singles.map((role) => `${role} key: a new one`),
    ...(hasNewKeys(before, after) ? [`words: ${wordsOfMember(after)}`] : []),
  ];
}

function keyChanges(before: ListedIdentityKey | undefined, key: ListedIdentityKey): string[] {
  const name = `identity key ${keyIdOf(key.public).slice(0, 16)}`;
  if (!before) return [`${name}: new, until ${dateOf(key.until)}`];
  const changes: string[] = [];
  if (before.from !== key.from) changes.push(`${name}: now begins ${dateOf(key.from)}`);
  if (before.until !== key.until) changes.push(`${name}: now ends ${dateOf(key.until)}`);
  if (before.cutoff?.at !== key.cutoff?.at)
    changes.push(`${name}: cut off at ${key.cutoff ? dateOf(key.cutoff.at) : "no time"}`);
  return changes;
}

function freshnessLines(before: Roster | undefined, roster: Roster): string[] {
  const id = ({ public: key }: Roster["freshness"]["keys"][number]) => keyIdOf(key);
  const nameOf = (member: string) => roster.members.find((entry) => entry.id === member)?.name ?? member;
  const held = new Set(before?.freshness.keys.map(id));
  const kept = new Set(roster.freshness.keys.map(id));
  const line = (sign: string) => (key: Roster["freshness"]["keys"][number]) =>
    `${sign} freshness key of ${nameOf(key.member)}, until ${dateOf(key.until)}`;
  const rule = ({ freshness }: Roster) =>
    `${freshness.threshold} keys in ${freshness.jurisdictions} jurisdictions`;
  return [
    ...(before && rule(before) !== rule(roster)
      ? [`~ freshness needs ${rule(before)} → ${rule(roster)}`]
      : []),
    ...roster.freshness.keys.filter((key) => !held.has(id(key))).map(line("+")),
    ...(before?.freshness.keys ?? []).filter((key) => !kept.has(id(key))).map(line("-")),
  ];
}

/** Members whose keys nobody has vouched for yet: they are new, or their keys are. */
export function newcomers(before: Roster | undefined, roster: Roster): RosterEntry[] {
  const earlier = new Map(before?.members.map((member) => [member.id, member]));
  return roster.members.filter((member) => {
    const held = earlier.get(member.id);
    return !held || hasNewKeys(held, member);
  });
}

function hasNewKeys(before: RosterEntry, after: RosterEntry): boolean {
  const held = new Set(before.identityKeys.map((key) => keyIdOf(key.public)));
  return (
    after.identityKeys.some((key) => !held.has(keyIdOf(key.public))) ||
    before.logKey.public.toHex() !== after.logKey.public.toHex() ||
    before.witnessKey.public.toHex() !== after.witnessKey.public.toHex()
  );
}

/** The words that the member's node shows: those of its newest keys. */
function wordsOfMember({ identityKeys, logKey, witnessKey }: RosterEntry): string {
  const newest = identityKeys.toSorted((a, b) => a.since - b.since || a.from - b.from).at(-1);
  if (!newest) return "";
  return wordsFor({ identity: newest.public, log: logKey.public, witness: witnessKey.public }).join(" ");
}

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ") + " UTC";
