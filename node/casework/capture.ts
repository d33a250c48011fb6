/**
 * The capture of a report as a durable job. What it finds is written as it goes (captured-items.ts); interrupted in any way,
 * it goes on where it was. The job ends in one unit that says what came of it.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { CaptureEnd } from "../capture/index.ts";
import type { Unit } from "../commit/index.ts";
import type { JobHandler } from "../jobs/index.ts";
import { accessTo } from "./access.ts";
import { sinkFor } from "./captured-items.ts";
import type { Context } from "./context.ts";
import { keepTrace } from "./hosting/index.ts";
import { priorityOf } from "./queue.ts";
import { countsOf, itemsOf, putReport, without } from "./reading.ts";
import { reports, type Item, type Report } from "./records.ts";

export const captureJob = "casework.capture";

/** Registers the job. Whatever ends it, the report says so and a person can try again. */
export function registerCapture(context: Context): void {
  context.jobs.register<{ report: string }>(captureJob, captureHandler(context), {
    attempts: context.settings.captureAttempts,
    gaveUp: (unit, { report }, error) => putFailure(context, unit, report, error),
  });
}

function captureHandler(context: Context): JobHandler<{ report: string }> {
  const { captures, commit } = context;
  return async ({ report: id }, { signal }) => {
    const report = await commit.get(reports, id);
    if (!report || !wantsCapture(report)) return captures.forget(id);
    try {
      const { scripts } = report;
      const how = { sink: sinkFor(context, id), signal, scripts, ...(await accessTo(commit, report)) };
      const end = await captures.run(id, report.url, how);
      return (unit) => putEnd(unit, id, end);
    } catch (error) {
      signal.throwIfAborted();
      if (!isFinal(error)) throw error;
      return (unit) => putFailure(context, unit, id, error);
    }
  };
}

/** Refusals that another attempt would meet again. */
function isFinal(error: unknown): boolean {
  const final = [
    "capture/internal-address",
    "capture/invalid-url",
    "capture/unsupported-scheme",
    "capture/redirects",
    "capture/too-large",
    "capture/never-fetched",
    "capture/rendering-off",
    "capture/no-browser",
  ];
  return isWardlineError(error) && final.includes(error.code);
}

export const wantsCapture = (report: Report): boolean =>
  report.state === "capturing" || report.recapture === true;

async function putEnd(unit: Unit, id: string, { hosting, ...end }: CaptureEnd): Promise<void> {
  const report = await unit.get(reports, id);
  if (!report || !wantsCapture(report)) return;
  const all = await itemsOf(unit, id);
  const traced = await keepTrace(unit, id, hosting);
  const known = report.source === "member" ? report.hosting : undefined;
  finish(unit, { ...report, hosting: known ?? traced }, all, noteOf(end, all), end.scripted);
}

/** What was found is assessed, also when the capture could not be completed. */
function finish(unit: Unit, report: Report, all: Item[], note: string | undefined, scripted = false): void {
  const hasKnownBaseline = all.some((item) => item.known?.verdict === "baseline");
  const captured: Report = {
    ...without(report, "recapture"),
    state: stateAfter(report, all),
    priority: priorityOf(report, hasKnownBaseline),
    capture: {
      ...{ done: all.length, total: all.length },
      ...(note !== undefined && { note }),
      ...(scripted && { scripted }),
    },
    counts: countsOf(all),
    timestamps: { ...report.timestamps, captured: unit.now },
  };
  putReport(unit, captured);
  unit.record({
    kind: "capture.completed",
    subject: [report.id],
    actor: "node",
    detail: { pages: report.pages.length, items: all.length, refused: captured.counts.refused },
  });
}

/** A page without anything to assess is a failed capture: a person retries or closes it. */
function stateAfter(report: Report, all: readonly Item[]): Report["state"] {
  if (all.some((item) => item.state === "open")) return "to-classify";
  if (report.source === "member") return report.state;
  return all.some((item) => item.state === "known") ? "to-classify" : "capture-failed";
}

function noteOf(
  { cut, scripted }: Pick<CaptureEnd, "cut" | "scripted">,
  all: readonly Item[],
): string | undefined {
  if (cut !== undefined) return cut;
  if (scripted && all.every((item) => item.state === "refused"))
    return "The page shows nothing without its scripts: capture it with scripts.";
  return all.every((item) => item.state === "refused")
    ? "No picture that can be assessed was found there."
    : undefined;
}

async function putFailure(context: Context, unit: Unit, id: string, error: unknown): Promise<void> {
  const report = await unit.get(reports, id);
  if (!report || !wantsCapture(report)) return;
  const known = isWardlineError(error);
  const note = known ? error.message : "The site did not answer as a web site does.";
  const all = await itemsOf(unit, id);
  const code = known ? error.code : "casework/capture-failed";
  unit.record({ kind: "capture.failed", subject: [id], actor: "node", detail: { code } });
  if (all.some((item) => item.state === "open" && item.original !== undefined)) {
    finish(unit, report, all, `The capture could not be completed: ${note}`);
    return context.jobs.schedule(unit, { kind: captureJob, id, payload: { report: id } }); // to clear up
  }
  const state = report.source === "member" ? report.state : "capture-failed";
  putReport(unit, {
    ...without(report, "recapture"),
    state,
    capture: { done: 0, total: 0, note },
    counts: countsOf(all),
  });
}
