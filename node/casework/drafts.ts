/** Verdicts that are not yet part of the record. Taking one back leaves no trace, since nothing has been said yet. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Facts, Verdict } from "@wardline/protocol/vocabulary";
import type { Caller } from "../accounts/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Reader } from "../store/index.ts";
import { voicesFor, type Context } from "./context.ts";
import { withLease } from "./leases.ts";
import { itemsOf, putReport, requireItem, requireReport } from "./reading.ts";
import { drafts, type Draft, type Item, type Report } from "./records.ts";
import { agreedVerdict, mayNotReassess } from "./rules.ts";

/**
 * Keeps the caller's draft for an item, and for the same file elsewhere in the report: one look is enough.
 * @throws `casework/leased`, `casework/item-refused`, `casework/known-item`, `casework/not-held`, and what `mayNotReassess` says
 */
export async function putDraft(
  context: Context,
  unit: Unit,
  id: string,
  verdict: { verdict: Verdict; facts: Facts },
  caller: Caller,
): Promise<void> {
  const item = await requireItem(unit, id);
  const report = withLease(context, unit, await requireReport(unit, item.report), caller);
  checkAssessable(context, report, item);
  for (const one of await sameFile(unit, item)) {
    const draft: Draft = { report: report.id, item: one, person: caller.person.id, ...verdict, at: unit.now };
    unit.put(drafts, [report.id, caller.person.id, one], draft);
  }
  putReport(unit, report);
}

function checkAssessable(context: Context, report: Report, item: Item): void {
  if (item.state === "refused")
    throw new WardlineError(
      "casework/item-refused",
      "This file could not be decoded, so it cannot be assessed.",
      {
        advice: "It stays on record as refused; the other items can be completed without it.",
      },
    );
  if (item.original === undefined)
    throw new WardlineError(
      "casework/not-held",
      "The material of this item is not here, so nobody here has looked.",
      {
        advice: "Capture the report here first; a verdict needs a look of one's own.",
      },
    );
  if (item.state === "open") return;
  const voices = voicesFor(context, report);
  const refusal = mayNotReassess(agreedVerdict(item.assessments, voices), {
    acted: item.actions.length > 0,
    self: context.self.id,
    hostingHotline: voices.hostingHotline,
    ownVerdicts: item.assessments.every((one) => one.author === context.self.id),
  });
  if (refusal)
    throw new WardlineError(refusal.code, refusal.message, {
      advice: "Its verdicts and their authors are listed with the item.",
    });
}

/** The item, and open ones of its report that are the very same file. */
async function sameFile(reader: Reader, item: Item): Promise<string[]> {
  const same = (other: Item) => other.state === "open" && other.digests.sha256 === item.digests.sha256;
  const all = await itemsOf(reader, item.report);
  return all.filter((other) => other.id === item.id || same(other)).map((other) => other.id);
}

/** Takes the caller's draft back, wherever `putDraft` put it; nothing happens when there is none. */
export async function removeDraft(unit: Unit, id: string, caller: Caller): Promise<void> {
  const item = await requireItem(unit, id);
  for (const one of await sameFile(unit, item)) unit.delete(drafts, [item.report, caller.person.id, one]);
  unit.announce({ topic: "report", id: item.report });
}

/** The caller's drafts of a report, by item. */
export async function draftsOf(reader: Reader, report: string, person: string): Promise<Map<string, Draft>> {
  const found = new Map<string, Draft>();
  for await (const { value } of reader.list(drafts, { prefix: [report, person] }))
    found.set(value.item, value);
  return found;
}

/** Clears everybody's drafts of these items: they are assessed now. */
export async function clearDrafts(unit: Unit, report: string, assessed: ReadonlySet<string>): Promise<void> {
  for await (const { value } of unit.list(drafts, { prefix: [report] }))
    if (assessed.has(value.item)) unit.delete(drafts, [report, value.person, value.item]);
}
