/** Matching anew what waits here, after something was said about a file, or taken back. */
import type { Unit } from "../commit/index.ts";
import { blind } from "../store/index.ts";
import { wantsCapture } from "./capture.ts";
import type { Context } from "./context.ts";
import { matchExactly } from "./matching.ts";
import { countsOf, itemsOf, putItem, putReport, without } from "./reading.ts";
import { recognise } from "./recognise.ts";
import { drafts, items, reports, type Item } from "./records.ts";

/**
 * Matches what waits here anew after something was said about a file, or taken back: open items may become known, and
 * known ones, of which that holds no more (members disagree, a dispute was opened), are open again.
 */
export async function reweigh(context: Context, unit: Unit, sha256: string): Promise<void> {
  for (const item of await itemsWith(unit, sha256)) {
    const report = await unit.get(reports, item.report);
    if (!report || (report.state !== "to-classify" && !wantsCapture(report))) continue;
    if (item.state === "open" && !(await isDrafted(unit, item))) await replace(context, unit, item);
    if (item.state === "known" && !(await staysKnown(context, unit, item)))
      await replace(context, unit, reopened(unit, item));
  }
}

const staysKnown = async (context: Context, unit: Unit, item: Item) =>
  (await matchExactly(context, unit, item.digests.sha256)).kind === "known";

/** Open again; what was taken over stays on record and counts no more. */
function reopened(unit: Unit, item: Item): Item {
  const { known } = item;
  const assessments = item.assessments.map((one) =>
    known && one.derivedFrom?.record === known.record && one.derivedFrom.member === known.member
      ? { ...one, withdrawn: true }
      : one,
  );
  unit.record({
    kind: "item.reopened",
    subject: [item.report, item.id],
    actor: "node",
    detail: { item: item.id, member: known?.member ?? "", record: known?.record ?? "" },
  });
  return putItem(unit, { ...without(item, "known"), state: "open", assessments });
}

/** All items of a file, in whatever report. */
export async function itemsWith(unit: Unit, sha256: string): Promise<Item[]> {
  const found: Item[] = [];
  for await (const { value } of unit.list(items, { index: "sha256", prefix: [blind(sha256)] }))
    found.push(value);
  return found;
}

async function isDrafted(unit: Unit, item: Item): Promise<boolean> {
  for await (const { value } of unit.list(drafts, { prefix: [item.report] }))
    if (value.item === item.id) return true;
  return false;
}

/** Matches the item anew and keeps the report's numbers right. */
async function replace(context: Context, unit: Unit, item: Item): Promise<void> {
  const report = await unit.get(reports, item.report);
  if (!report) return;
  putItem(unit, await recognise(context, unit, report, item));
  putReport(unit, { ...report, counts: countsOf(await itemsOf(unit, report.id)) });
}
