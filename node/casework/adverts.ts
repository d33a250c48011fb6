/** New and withdrawn records of the feeds, as they arrive, put onto items that wait here. */
import type { AdvertRecord } from "@wardline/protocol/adverts";
import type { Unit } from "../commit/index.ts";
import { blind } from "../store/index.ts";
import type { Context } from "./context.ts";
import { disputedRecords } from "./lens/disputes.ts";
import { applyDisputeRecord } from "./lens/effects.ts";
import { putItem, without } from "./reading.ts";
import { items, reports, type Item } from "./records.ts";
import { itemsWith, reweigh } from "./reweigh.ts";

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
  const files = await filesHere(unit, records);
  for (const record of records) {
    if (record.disputes) {
      await applyDisputeRecord(context, unit, author, record);
      continue;
    }
    const { id, digests } = record;
    const stands = record.action === "assert" && !disputed.has(id);
    unit.afterCommit(() => (stands ? context.near.learn(author, record) : context.near.forget(author, id)));
    if (!files.has(digests.sha256)) continue;
    if (record.action === "withdraw")
      for (const item of await itemsWith(unit, digests.sha256)) await withdrawn(unit, author, id, item);
    await reweigh(context, unit, digests.sha256);
  }
}

/** Of the files that records are about, those of which items are here: a new member is told of a million, and has a few. */
async function filesHere(unit: Unit, records: readonly AdvertRecord[]): Promise<Set<string>> {
  const files = [...new Set(records.map(({ digests }) => digests.sha256))];
  const found = await unit.listed(
    items,
    "sha256",
    files.map((sha256) => [blind(sha256)]),
  );
  return new Set(files.filter((_, at) => found.has(at)));
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
