/** A look-up that failed is made again until it says something: nobody deals with the report before. */
import type { Context } from "../context.ts";
import { findReport } from "../reading.ts";
import type { Report } from "../records.ts";
import { takeTrace } from "./keep.ts";
import { retraceJob } from "./records.ts";

/** Registers the job. */
export function registerRetrace(context: Context): void {
  context.jobs.register<{ report: string }>(retraceJob, async ({ report: id }) => {
    const report = await findReport(context.commit, id);
    if (!report || !isWaiting(report)) return undefined;
    const traced = await context.trace(report.url);
    return async (unit) => {
      const now = await findReport(unit, id);
      if (!now || !isWaiting(now)) return;
      if (await takeTrace(context, unit, id, traced)) return;
      const at = unit.now + context.settings.retraceAfter;
      context.jobs.schedule(unit, { kind: retraceJob, id, at, payload: { report: id } });
    };
  });
}

/** Classified, and nobody is competent while its host is not known. */
const isWaiting = ({ state, hosting }: Report) => state === "classified" && hosting?.lookup === "failed";
