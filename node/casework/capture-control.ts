/** A person pauses a running capture, lets it go on, or ends it with what it has found. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { z } from "zod";
import type { Caller } from "../accounts/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Reader } from "../store/index.ts";
import { captureJob, wantsCapture } from "./capture.ts";
import type { Context } from "./context.ts";
import { compact, putReport, requireReport } from "./reading.ts";
import type { captureView } from "./views.ts";

export type CaptureView = z.infer<typeof captureView>;

/** @throws `casework/no-such-report` */
export async function captureOf(context: Context, reader: Reader, id: string): Promise<CaptureView> {
  const { capture } = await requireReport(reader, id);
  const { startedAt, cut, ...progress } = await context.captures.progress(reader, id);
  return compact({ ...progress, started: startedAt, note: capture.note ?? cut });
}

/** Repeating a command changes nothing. @throws `casework/not-capturing` */
export async function controlCapture(
  context: Context,
  unit: Unit,
  id: string,
  command: "pause" | "resume" | "cancel",
  caller: Caller,
): Promise<void> {
  const report = await requireReport(unit, id);
  if (!wantsCapture(report))
    throw new WardlineError("casework/not-capturing", "This report is not being captured.", {
      advice: "Open it again: the capture may just have ended.",
    });
  const { captures, jobs } = context;
  jobs.cancel(unit, captureJob, id);
  if (command === "pause") await captures.pause(unit, id, report.url);
  if (command === "resume") await captures.resume(unit, id);
  if (command === "cancel")
    await captures.cut(unit, id, report.url, "A person ended it: the rest was not fetched.");
  if (command !== "pause") jobs.schedule(unit, { kind: captureJob, id, payload: { report: id } });
  const actor = `person:${caller.pseudonymFor(id)}`;
  unit.record({ kind: "capture.controlled", subject: [id], actor, detail: { command } });
  putReport(unit, report);
  unit.announce({ topic: "capture", id });
}

/** Nobody wants the report any more: what the capture kept for itself is cleared by its job. */
export function stopCapture({ jobs }: Context, unit: Unit, id: string): void {
  jobs.cancel(unit, captureJob, id);
  jobs.schedule(unit, { kind: captureJob, id, payload: { report: id } });
}
