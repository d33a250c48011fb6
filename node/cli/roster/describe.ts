/** Membership files in words that a person can read before signing: what a file says, and what it would change. */
import { keyIdOf } from "@wardline/protocol/identity";
import {
  hasNewKeys,
  readFreshness,
  readRoot,
  readRoster,
  rosterChanges,
  type Change,
  type ChangedFact,
  type FederationFile,
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
  const lines = rosterChanges(before, roster).flatMap(lineOf);
  for (const line of lines.length > 0 ? lines : ["  no member changes; it is good for longer"]) tell(line);
}

function lineOf({ kind, of, id, name, facts }: Change): string[] {
  const sign = { added: "+", changed: "~", removed: "-" }[kind];
  if (of === "freshness-key") return [`${sign} freshness key of ${name}, ${facts.map(factLine).join(", ")}`];
  if (of === "freshness-rule") return [`${sign} freshness needs ${facts.map(factLine).join(", ")}`];
  if (kind === "removed") return [`${sign} ${name}  ${id}  IS MISSING`];
  if (kind === "changed") return [`${sign} ${name}  ${id}`, ...facts.map((fact) => `    ${factLine(fact)}`)];
  const value = (wanted: ChangedFact["fact"]) => facts.find(({ fact }) => fact === wanted)?.after || "none";
  return [
    `${sign} ${name} (${value("country")}, ${value("kind")})  ${id}`,
    `    ${value("capabilities")}; contact: ${value("contact")}`,
    `    words: ${value("words")}`,
  ];
}

function factLine({ fact, which = "", before, after }: ChangedFact): string {
  const key = `identity key ${which}`;
  const date = (time: ChangedFact["after"]) => (typeof time === "number" ? dateOf(time) : "no time");
  switch (fact) {
    case "identity-key":
      return `${key}: new, until ${date(after)}`;
    case "identity-key-begins":
      return `${key}: now begins ${date(after)}`;
    case "identity-key-ends":
      return `${key}: now ends ${date(after)}`;
    case "identity-key-cut-off":
      return `${key}: cut off at ${date(after)}`;
    case "log-key":
    case "witness-key":
      return `${fact.replace("-", " ")}: a new one`;
    case "until":
      return `until ${date(after)}`;
    case "words":
      return `words: ${after}`;
    case "unnamed":
      return "something differs that has no words here: do not sign";
    default:
      return `${fact}: ${before || "none"} → ${after || "none"}`;
  }
}

/** Members whose keys nobody has vouched for yet: they are new, or their keys are. */
export function newcomers(before: Roster | undefined, roster: Roster): RosterEntry[] {
  const earlier = new Map(before?.members.map((member) => [member.id, member]));
  return roster.members.filter((member) => {
    const held = earlier.get(member.id);
    return !held || hasNewKeys(held, member);
  });
}

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ") + " UTC";
