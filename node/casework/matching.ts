/**
 * Whether a file is known. Equal SHA-256 is looked up in the records of all members' feeds and in our own earlier looks;
 * near matches are in `near.ts`.
 * Matching is local: it tells no peer what anybody here is looking at.
 */
import type { Reader } from "../store/index.ts";
import { blind } from "../store/index.ts";
import { activeMember, labelOf, type Context } from "./context.ts";
import { openDisputes } from "./lens/disputes.ts";
import type { Near } from "./near.ts";
import { without } from "./reading.ts";
import { items, type Item } from "./records.ts";
import { takeOver, type KnownRecord, type TakeOver } from "./rules.ts";

/** What is known of one SHA-256, weighed by the rules. */
export async function matchExactly(context: Context, reader: Reader, sha256: string): Promise<TakeOver> {
  const { self, jurisdictions, settings, country = self.country } = context;
  const records = [
    ...(await ownLooks(context, reader, sha256)),
    ...(await fedRecords(context, reader, sha256)),
  ];
  const policy = {
    self: self.id,
    selfCountry: country,
    baselineNeeds: settings.knownNeedsMembers,
    nationalLaw: (facts: KnownRecord["facts"]) => jurisdictions.national(country, facts),
  };
  return takeOver(records, policy, { nameOf: (id) => labelOf(context, id).name });
}

/** Members whose live and undisputed records say, from a look of their own, that this file is illegal. */
export async function independentlySeen(context: Context, reader: Reader, sha256: string): Promise<string[]> {
  const records = await fedRecords(context, reader, sha256);
  return records
    .filter((one) => one.basis === "seen" && one.verdict !== "not-illegal" && !one.disputedBy)
    .map((one) => one.member);
}

async function fedRecords(context: Context, reader: Reader, sha256: string): Promise<KnownRecord[]> {
  const found = await context.federation.findBySha256(reader, sha256);
  const disputes = await openDisputes(context, reader, sha256);
  return found.flatMap(({ author, record }) => {
    const member = activeMember(context, author);
    if (!member) return [];
    const { id, verdict, facts, basis } = record;
    const disputedBy = disputes.find((one) => one.record === id)?.author;
    return [{ record: id, member: author, country: member.country, verdict, facts, basis, disputedBy }];
  });
}

/** Our own seen verdicts on the same file in any report, oldest first. */
export async function ownLooks(
  { self }: Pick<Context, "self">,
  reader: Reader,
  sha256: string,
): Promise<KnownRecord[]> {
  const looks: (KnownRecord & { at: number })[] = [];
  for await (const { value } of reader.list(items, { index: "sha256", prefix: [blind(sha256)] }))
    for (const { id, author, basis, verdict, facts, at, withdrawn } of value.assessments)
      if (author === self.id && basis === "seen" && !withdrawn)
        looks.push({ record: id, member: author, country: self.country, verdict, facts, basis, at });
  return looks.sort((a, b) => a.at - b.at);
}

/** The item as it is after matching: known and never shown, or with a hint, or as it was. */
export function withMatch(item: Item, match: TakeOver, near: Near | undefined): Item {
  const plain = without(item, "near", "known");
  if (match.kind === "known") {
    const { verdict, from, sentence } = match;
    return {
      ...plain,
      state: "known",
      known: { member: from.member, record: from.record, verdict, sentence },
    };
  }
  if (match.kind === "hint")
    return { ...plain, near: { member: match.from.member, verdict: match.verdict, distance: 0 } };
  return near ? { ...plain, near } : plain;
}
