/** New and withdrawn records of the feeds, as they arrive, put onto items that wait here. */
import type { AdvertRecord } from "@wardline/protocol/adverts";
import type { Unit } from "../commit/index.ts";
import { blind } from "../store/index.ts";
import type { Context } from "./context.ts";
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
  unit.afterCommit(() => {
    for (const record of records) {
      if (record.action === "assert") context.near.learn(author, record);
      else context.near.forget(author, record.id);
    }
  });
  for (const record of records)
    for (const item of await itemsWith(unit, record.digests.sha256))
      await (record.action === "assert"
        ? appeared(context, unit, item)
        : withdrawn(context, unit, author, record.id, item));
}

async function itemsWith(unit: Unit, sha256: string): Promise<Item[]> {
  const found: Item[] = [];
  for await (const { value } of unit.list(items, { index: "sha256", prefix: [blind(sha256)] }))
    found.push(value);
  return found;
}

async function appeared(context: Context, unit: Unit, item: Item): Promise<void> {
  const report = await unit.get(reports, item.report);
  if (item.state !== "open" || report?.state !== "to-classify" || (await isDrafted(unit, item))) return;
  await replace(context, unit, item);
}

async function isDrafted(unit: Unit, item: Item): Promise<boolean> {
  for await (const { value } of unit.list(drafts, { prefix: [item.report] }))
    if (value.item === item.id) return true;
  return false;
}

async function withdrawn(
  context: Context,
  unit: Unit,
  author: string,
  record: string,
  item: Item,
): Promise<void> {
  const isTheirs = ({ id, author: by, derivedFrom }: Item["assessments"][number]) =>
    (by === author && id === record) || (derivedFrom?.member === author && derivedFrom.record === record);
  if (!item.assessments.some((one) => isTheirs(one) && !one.withdrawn)) return;
  const assessments = item.assessments.map((one) => (isTheirs(one) ? { ...one, withdrawn: true } : one));
  const report = await unit.get(reports, item.report);
  const reopened = item.state === "known" && report?.state === "to-classify";
  const next = putItem(
    unit,
    reopened ? { ...without(item, "known"), state: "open", assessments } : { ...item, assessments },
  );
  unit.record({
    kind: "item.recognition-withdrawn",
    subject: [item.report, item.id],
    actor: author,
    detail: { item: item.id, member: author, record },
  });
  if (reopened) await replace(context, unit, next);
}

/** Matches the item anew and keeps the report's numbers right. */
async function replace(context: Context, unit: Unit, item: Item): Promise<void> {
  const report = await unit.get(reports, item.report);
  if (!report) return;
  putItem(unit, await recognise(context, unit, report, item));
  putReport(unit, { ...report, counts: countsOf(await itemsOf(unit, report.id)) });
}
