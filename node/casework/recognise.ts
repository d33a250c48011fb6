/** Puts what is known of a file onto its item, with a derived assessment that names whose verdict it is. */
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { Unit } from "../commit/index.ts";
import { activeMember, type Context } from "./context.ts";
import { matchExactly, withMatch } from "./matching.ts";
import { derivedId } from "./references.ts";
import type { Assessment, Item, Report } from "./records.ts";

/**
 * The item after matching. A known one carries a derived assessment of ours and a ledger entry; it is not yet written.
 * Repeating it changes nothing: the assessment's id follows from the item and the record.
 */
export async function recognise(context: Context, unit: Unit, report: Report, item: Item): Promise<Item> {
  if (item.state === "refused" || item.digests.sha256 === "") return item;
  const match = await matchExactly(context, unit, item.digests.sha256);
  const near = await context.near.nearest(item.digests.pdq, item.digests.quality);
  const matched = withMatch(item, match, near && activeMember(context, near.member) ? near : undefined);
  if (match.kind !== "known") return matched;
  const { verdict, from } = match;
  const assessment: Assessment = {
    id: derivedId("derived-assessment", item.id, from.member, from.record),
    author: context.self.id,
    pseudonym: "automatic",
    verdict,
    facts: from.facts,
    vocabulary: builtInVocabulary,
    basis: "derived",
    derivedFrom: { member: from.member, record: from.record },
    at: unit.now,
  };
  const others = matched.assessments.filter((one) => one.id !== assessment.id);
  const { member, record } = from;
  unit.record({
    kind: "item.recognised",
    subject: [report.id, item.id],
    actor: "node",
    detail: { item: item.id, verdict, member, record },
  });
  return { ...matched, assessments: [...others, assessment] };
}
