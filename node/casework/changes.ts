/** What happens to a report after its assessment: actions, states, answers. Each function runs in the caller's unit. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { SharedItem } from "@wardline/protocol/statements";
import type { Caller } from "../accounts/index.ts";
import type { Unit } from "../commit/index.ts";
import { captureJob, wantsCapture } from "./capture.ts";
import { stopCapture } from "./capture-control.ts";
import { voicesFor, type Context } from "./context.ts";
import { compact, itemsOf, putItem, putReport, requireReport, without } from "./reading.ts";
import { items, type Action, type Item, type Report } from "./records.ts";
import { agreedVerdict } from "./rules.ts";

/** Changes a report and tells the screens. `change` gets the newest value. */
export async function changeReport(
  unit: Unit,
  id: string,
  change: (report: Report) => Report,
): Promise<Report> {
  return putReport(unit, change(await requireReport(unit, id)));
}

/** Adds an action to these items and to the report; the same action by the same member counts once per item. */
export async function addAction(
  unit: Unit,
  id: string,
  on: readonly string[],
  action: Action,
): Promise<void> {
  const same = (other: Action) =>
    other.kind === action.kind && other.by === action.by && other.detail === action.detail;
  for (const item of await itemsOf(unit, id))
    if (on.includes(item.id) && !item.actions.some(same))
      putItem(unit, { ...item, actions: [...item.actions, action] });
  await changeReport(unit, id, (report) =>
    report.actions.some(same) ? report : { ...report, actions: [...report.actions, action] },
  );
}

/** Says whether items are there; the screens are told by the report's change that goes with it. */
export async function setOnline(
  unit: Unit,
  id: string,
  changes: ReadonlyMap<string, Item["online"]>,
): Promise<void> {
  for (const item of await itemsOf(unit, id)) {
    const online = changes.get(item.id);
    if (online !== undefined && online !== item.online) putItem(unit, { ...item, online });
  }
}

/**
 * Keeps an answer of another member; the same one again changes nothing.
 * @throws `casework/too-many-answers`: more of one member than are kept of a report (setting `mostAnswers`)
 */
export async function addFeedback(
  { settings }: Context,
  unit: Unit,
  id: string,
  answer: Report["feedback"][number],
): Promise<void> {
  const same = (other: typeof answer) =>
    other.member === answer.member &&
    other.status === answer.status &&
    other.at === answer.at &&
    other.note === answer.note;
  await changeReport(unit, id, (report) => {
    if (report.feedback.some(same)) return report;
    const theirs = report.feedback.filter(({ member }) => member === answer.member);
    if (theirs.length >= settings.mostAnswers)
      throw new WardlineError(
        "casework/too-many-answers",
        `Of one member, ${settings.mostAnswers} answers are kept here.`,
        { advice: "Talk to the hotline directly." },
      );
    return { ...report, feedback: [...report.feedback, compact(answer)] };
  });
}

/**
 * Fetches a report again: one whose capture failed, or one of another member that somebody here must look at. `scripts`: in a
 * browser, which may also be worth it for one that waits for its assessment.
 */
export async function retryCapture(
  context: Context,
  unit: Unit,
  id: string,
  caller: Caller,
  { scripts }: { scripts: boolean } = { scripts: false },
): Promise<Report> {
  const report = await requireReport(unit, id);
  const fromMember = report.source === "member" && ["classified", "to-notify"].includes(report.state);
  const more = scripts && report.state === "to-classify";
  if (report.state !== "capture-failed" && !fromMember && !more) {
    if (report.state === "capturing") return report;
    throw new WardlineError("casework/already-captured", "The report has been captured.", {
      advice: "File the URL again for a new capture.",
    });
  }
  await clearRefused(unit, id);
  await context.captures.again(unit, id);
  context.jobs.schedule(unit, { kind: captureJob, id, payload: { report: id } });
  unit.record({
    kind: "capture.retried",
    subject: [id],
    actor: `person:${caller.pseudonymFor(id)}`,
    detail: scripts ? { scripts } : {},
  });
  const anew = {
    ...without(report, "scripts"),
    ...{ capture: { done: 0, total: 0 }, pages: [] },
    ...(scripts && { scripts }),
  };
  return putReport(unit, fromMember ? { ...anew, recapture: true } : { ...anew, state: "capturing" });
}

/** What could not be opened may be what it should be now. */
async function clearRefused(unit: Unit, report: string): Promise<void> {
  for (const item of await itemsOf(unit, report))
    if (item.state === "refused" && item.original === undefined) unit.delete(items, [report, item.id]);
}

/** Closes a report for a stated reason; closing it again changes nothing. */
export async function closeReport(
  context: Context,
  unit: Unit,
  id: string,
  reason: string,
  caller: Caller,
): Promise<Report> {
  const report = await requireReport(unit, id);
  if (report.state === "closed") return report;
  if (wantsCapture(report)) stopCapture(context, unit, id);
  const closed = putReport(unit, {
    ...without(report, "lease", "recapture"),
    state: "closed",
    timestamps: { ...report.timestamps, closed: unit.now },
  });
  unit.record({
    kind: "report.closed",
    subject: [id],
    actor: `person:${caller.pseudonymFor(id)}`,
    detail: { reason },
  });
  for (const tell of context.handlers.closed) await tell(unit, closed, reason);
  return closed;
}

/** An item as it is told to another organisation: never the material, never where it lies here. */
export function sharedItem(context: Context, report: Report, item: Item): SharedItem {
  const { id, url, foundOn, kind, mime, bytes, width, height, digests, original } = item;
  if (kind === "archive")
    throw new WardlineError("casework/archive", "An archive is never assessed, so nobody is told of it.");
  const agreed = agreedVerdict(item.assessments, voicesFor(context, report));
  const assessments = item.assessments
    .filter((one) => !one.withdrawn)
    .map((one) => compact({ ...one, withdrawn: undefined }));
  return compact({
    id,
    url,
    foundOn,
    kind,
    mime,
    bytes,
    width,
    height,
    digests: compact(digests),
    assessments,
    agreed: agreed && { verdict: agreed.verdict, rule: agreed.rule },
    held: original !== undefined,
  });
}
