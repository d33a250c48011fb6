/**
 * From drafts to the record: assessments with their author and a pseudonym, adverts to the federation, the agreed
 * verdict of every item, and where the report goes. All of it is one unit: it happened, or it did not.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { AdvertRecord } from "@wardline/protocol/adverts";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { Caller } from "../accounts/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import { clearDrafts, draftsOf } from "./drafts.ts";
import { withLease } from "./leases.ts";
import { matchExactly } from "./matching.ts";
import { compact, countsOf, itemsOf, putItem, putReport, requireReport, without } from "./reading.ts";
import { newId } from "./references.ts";
import type { Assessment, Draft, Item, Report } from "./records.ts";
import { settle } from "./settle.ts";

/**
 * Completes a report with the caller's drafts. Repeating it without new drafts changes nothing.
 * @throws `casework/not-captured`, `casework/items-open` while an open item lacks a draft, `casework/leased`
 */
export async function completeReport(
  context: Context,
  unit: Unit,
  id: string,
  caller: Caller,
): Promise<Report> {
  const report = await requireReport(unit, id);
  checkCaptured(report);
  const all = await itemsOf(unit, id);
  const mine = await draftsOf(unit, id, caller.person.id);
  if (report.state !== "to-classify" && mine.size === 0) return report;
  checkNothingOpen(all, mine);
  const leased = without(withLease(context, unit, report, caller), "lease");
  const given = await assess(context, unit, leased, all, mine, caller);
  await clearDrafts(unit, id, new Set(given.map(({ item }) => item.id)));
  const now = all.map((item) => given.find((one) => one.item.id === item.id)?.item ?? item);
  const assessed = {
    ...leased,
    counts: countsOf(now),
    timestamps: { ...leased.timestamps, assessed: unit.now },
  };
  const actor = `person:${caller.pseudonymFor(id)}`;
  if (report.state === "to-classify") {
    if (report.source === "member") await tellReassessed(context, unit, assessed, given);
    return settle(context, unit, assessed, now, actor);
  }
  await tellReassessed(context, unit, assessed, given);
  // What was forwarded stays with the competent member, who has just been told.
  return report.state === "to-notify"
    ? settle(context, unit, assessed, now, actor)
    : putReport(unit, assessed);
}

async function tellReassessed(
  context: Context,
  unit: Unit,
  report: Report,
  given: { item: Item; assessment: Assessment }[],
) {
  for (const tell of context.handlers.reassessed) await tell(unit, report, given);
}

function checkCaptured(report: Report): void {
  if (report.state === "capturing" || report.state === "capture-failed")
    throw new WardlineError("casework/not-captured", "The report has not been captured yet.", {
      advice: "Wait for the capture, retry it, or close the report.",
    });
  if (report.state === "closed" || report.state === "removed")
    throw new WardlineError("casework/report-ended", "The report is closed.", {
      advice: "File the URL again if it is back.",
    });
}

function checkNothingOpen(all: readonly Item[], mine: ReadonlyMap<string, Draft>): void {
  const open = all.filter((item) => item.state === "open" && !mine.has(item.id)).length;
  if (open === 0) return;
  throw new WardlineError(
    "casework/items-open",
    `${open} ${open === 1 ? "item has" : "items have"} no verdict of yours yet.`,
    {
      advice: "Give every open item a verdict, then complete the report.",
      details: { open },
    },
  );
}

async function assess(
  context: Context,
  unit: Unit,
  report: Report,
  all: readonly Item[],
  mine: ReadonlyMap<string, Draft>,
  caller: Caller,
): Promise<{ item: Item; assessment: Assessment }[]> {
  const pseudonym = caller.pseudonymFor(report.id);
  const given: { item: Item; assessment: Assessment }[] = [];
  const records: AdvertRecord[] = [];
  for (const item of all) {
    const draft = mine.get(item.id);
    if (!draft) continue;
    const { verdict, facts } = draft;
    const assessment: Assessment = {
      id: newId(context.random),
      author: context.self.id,
      pseudonym,
      verdict,
      facts,
      vocabulary: builtInVocabulary,
      basis: "seen",
      at: unit.now,
    };
    // What others say is asked before our own verdict is written, else it would be our own earlier look.
    const advert = await advertFor(context, unit, item, assessment);
    if (advert && !records.some((one) => one.digests.sha256 === advert.digests.sha256)) records.push(advert);
    const assessed = putItem(unit, {
      ...item,
      state: "classified",
      assessments: [...item.assessments, assessment],
    });
    given.push({ item: assessed, assessment });
    const detail = { item: item.id, verdict, assessment: assessment.id };
    unit.record({
      kind: "item.assessed",
      subject: [report.id, item.id],
      actor: `person:${pseudonym}`,
      detail,
    });
  }
  if (records.length > 0) await context.federation.publish(unit, records, context.settings.advertAudience);
  unit.afterCommit(() => records.forEach((record) => context.near.learn(context.self.id, record)));
  return given;
}

/**
 * The advert of a verdict. "Not illegal" is only told where it contradicts what others say: otherwise nobody needs to
 * learn of a legal picture that somebody here looked at it.
 */
async function advertFor(
  context: Context,
  unit: Unit,
  item: Item,
  { id, verdict, facts, vocabulary, at }: Assessment,
): Promise<AdvertRecord | undefined> {
  if (verdict === "not-illegal") {
    const said = await matchExactly(context, unit, item.digests.sha256);
    if (said.kind === "none" || said.verdict === "not-illegal") return undefined;
  }
  const digests = compact(item.digests);
  return {
    id,
    action: "assert",
    digests,
    facts,
    verdict,
    vocabulary,
    basis: "seen",
    held: item.original !== undefined,
    at,
  };
}
