/** When a report's URLs are looked at again. */
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import type { ReportWatch } from "./records.ts";

export const recheckJob = "takedown.recheck";

/** Soon while something is missing, calmly while all is online, rarely once all is gone; never again after that. */
export function scheduleLook(context: Context, unit: Unit, watch: ReportWatch): void {
  const delay = delayOf(context, watch);
  if (delay === undefined) return;
  context.jobs.schedule(unit, {
    kind: recheckJob,
    id: watch.report,
    at: unit.now + delay,
    payload: { report: watch.report },
  });
}

function delayOf({ settings }: Context, { targets, looksAfter }: ReportWatch): number | undefined {
  if (targets.every(({ watch }) => watch.state === "offline"))
    return looksAfter < settings.looksAfter ? settings.afterInterval : undefined;
  if (targets.some(({ watch }) => watch.state === "missing")) return settings.missInterval;
  return settings.recheckInterval;
}
