/** New and withdrawn records of the feeds, as they arrive, put onto items that wait here. */
import type { AdvertRecord } from "@wardline/protocol/adverts";
import type { Unit } from "../commit/index.ts";
import { blind } from "../store/index.ts";
import type { Context } from "./context.ts";
import { disputedRecords } from "./lens/disputes.ts";
import { matchExactly } from "./matching.ts";
import { countsOf, itemsOf, putItem, putReport, without } from "./reading.ts";
import { recognise } from "./recognise.ts";
import { drafts, items, reports, type Item } from "./records.ts";

/**
 * Takes new records in, another member's or our own withdrawal: an open item that nobody has drafted becomes known and
 * leaves the queue; a withdrawal opens again what was only taken over, while its report waits, and marks the verdict
 * withdrawn wherever it stands. (A record has the id of the assessment that it tells.)
 */
export async function applyRecords(
  context: Context,
  unit: Unit,
  author: string,
  records: readonly AdvertRecord[],
): Promise<void> {
  const disputed = await disputedRecords(unit);
  for (const record of records) {
    const { id, digests } = record;
    const stands = record.action === "assert" && !disputed.has(id);
    unit.afterCommit(() => (stands ? context.near.learn(author, record) : context.near.forget(author, id)));
    if (record.action === "withdraw")
      for (const item of await itemsWith(unit, digests.sha256)) await withdrawn(unit, author, id, item);
    await reweigh(context, unit, digests.sha256);
  }
}

/**
 * Matches what waits here anew after something was said about a file, or taken back: open items may become known, and
 * known ones, of which that holds no more (members disagree, a dispute was opened), are open again.
 */
export async function reweigh(context: Context, unit: Unit, sha256: string): Promise<void> {
  for (const item of await itemsWith(unit, sha256)) {
    const report = await unit.get(reports, item.report);
    if (report?.state !== "to-classify") continue;
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

async function itemsWith(unit: Unit, sha256: string): Promise<Item[]> {
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

async function withdrawn(unit: Unit, author: string, record: string, item: Item): Promise<void> {
  const isTheirs = ({ id, author: by, derivedFrom }: Item["assessments"][number]) =>
    (by === author && id === record) || (derivedFrom?.member === author && derivedFrom.record === record);
  if (!item.assessments.some((one) => isTheirs(one) && !one.withdrawn)) return;
  const assessments = item.assessments.map((one) => (isTheirs(one) ? { ...one, withdrawn: true } : one));
  const report = await unit.get(reports, item.report);
  const waits = item.state === "known" && report?.state === "to-classify";
  putItem(unit, waits ? { ...without(item, "known"), state: "open", assessments } : { ...item, assessments });
  unit.record({
    kind: "item.recognition-withdrawn",
    subject: [item.report, item.id],
    actor: author,
    detail: { item: item.id, member: author, record },
  });
}

/** Matches the item anew and keeps the report's numbers right. */
async function replace(context: Context, unit: Unit, item: Item): Promise<void> {
  const report = await unit.get(reports, item.report);
  if (!report) return;
  putItem(unit, await recognise(context, unit, report, item));
  putReport(unit, { ...report, counts: countsOf(await itemsOf(unit, report.id)) });
}
