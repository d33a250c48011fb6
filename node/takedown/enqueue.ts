/** Notices before they leave: begun, grown within the grouping window, and taken apart again. One at a time for a report. */
import { hex } from "@wardline/protocol/encoding";
import { derivedId } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { blind, type Reader } from "../store/index.ts";
import { wayOf } from "./contacts.ts";
import type { Context } from "./context.ts";
import { isOpen, notices, type LadderStep, type Notice, type Target } from "./records.ts";

export const sendJob = "takedown.send";

export interface NewNotice {
  contact: string;
  step: LadderStep;
  round: number;
  targets: Target[];
}

/** Adds to the notice to this contact that still waits, or begins one; only first notices are grouped. */
export async function enqueue(context: Context, unit: Unit, wanted: NewNotice): Promise<Notice> {
  const { contact, step, round, targets } = wanted;
  const { groupingWindow, mostTargets } = context.settings;
  const open = round === 1 ? await waitingFor(unit, contact, step) : undefined;
  if (open && open.targets.length + targets.length <= mostTargets) return put(unit, grow(open, targets));
  const reports = reportsOf(targets);
  const sendAt = unit.now + (round === 1 ? groupingWindow : 0);
  const follows = round > 1 ? await sentBefore(unit, reports, contact) : undefined;
  const notice = put(unit, {
    // The id follows from what it is about: the same step taken twice makes one notice.
    id: derivedId("notice", contact, String(round), String(unit.now), ...reports),
    contact,
    way: wayOf(context, contact),
    step,
    round,
    reports,
    targets,
    state: "waiting",
    created: unit.now,
    sendAt,
    attempts: 0,
    token: hex(context.random(10)),
    ...(follows && { follows }),
  });
  scheduleSend(context, unit, notice);
  return notice;
}

export function scheduleSend({ jobs }: Context, unit: Unit, { id, sendAt }: Notice): void {
  jobs.schedule(unit, { kind: sendJob, id, at: sendAt, payload: { notice: id } });
}

async function waitingFor(unit: Unit, contact: string, step: LadderStep): Promise<Notice | undefined> {
  for await (const { value } of unit.list(notices, { index: "waiting", prefix: [blind(contact)] }))
    if (value.round === 1 && value.step === step && value.sendAt > unit.now) return value;
  return undefined;
}

function grow(notice: Notice, targets: readonly Target[]): Notice {
  const added = targets.filter((target) => !notice.targets.some((one) => one.item === target.item));
  return about(notice, [...notice.targets, ...added]);
}

const about = (notice: Notice, targets: Target[]): Notice => ({
  ...notice,
  targets,
  reports: reportsOf(targets),
});
const reportsOf = (targets: readonly Target[]) => [...new Set(targets.map((target) => target.report))];

/** The latest notice to this contact that left, of the first report: what a follow-up answers to. */
async function sentBefore(
  reader: Reader,
  [report = ""]: string[],
  contact: string,
): Promise<string | undefined> {
  for await (const { value } of noticesOf(reader, report))
    if (value.state === "sent" && value.contact === contact) return value.id;
  return undefined;
}

/** Every notice of a report, the newest first. */
export async function* noticesOf(reader: Reader, report: string): AsyncIterable<{ value: Notice }> {
  yield* reader.list(notices, { index: "report", prefix: [report], reverse: true });
}

/** The notice of this report that has not left yet. */
export async function openNotice(reader: Reader, report: string): Promise<Notice | undefined> {
  for await (const { value } of noticesOf(reader, report)) if (isOpen(value)) return value;
  return undefined;
}

/**
 * Takes a report out of its notice that has not left yet, and says why; the rest of the notice goes its way. One that is
 * being handed over at this moment stays: it may have left.
 */
export async function takeOut(context: Context, unit: Unit, report: string, reason: string): Promise<void> {
  const notice = await openNotice(unit, report);
  if (!notice || notice.state === "sending") return;
  const left = notice.targets.filter((target) => target.report !== report);
  if (left.length === 0) put(unit, { ...notice, state: "cancelled", reason });
  // What was written for a person to send named the report, so it is written anew.
  else scheduleSend(context, unit, put(unit, { ...about(notice, left), state: "waiting" }));
  unit.record({
    kind: "notice.cancelled",
    subject: [report],
    actor: "node",
    detail: { notice: notice.id, reason },
  });
}

/** Writes a notice and tells the screens of its reports. */
export function put(unit: Unit, notice: Notice): Notice {
  unit.put(notices, [notice.id], notice);
  for (const id of notice.reports) unit.announce({ topic: "notice", id });
  return notice;
}
