/** When a report's URLs are looked at again. */
import { hex, sha256, utf8 } from "@wardline/protocol/encoding";
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import type { ReportWatch } from "./records.ts";

export const recheckJob = "takedown.recheck";

/**
 * Soon while something is missing, calmly while all is online and the more calmly the longer it has been, often enough to
 * know the cost while it is held, rarely once all is gone; never again after that.
 */
export function scheduleLook(context: Context, unit: Unit, watch: ReportWatch, isHeld = false): void {
  const delay = delayOf(context.settings, watch, unit.now, isHeld);
  if (delay !== undefined) lookAfter(context, unit, watch.report, delay);
}

/** The next look comes at once, or when the host's turn comes. */
export const lookNow = (context: Context, unit: Unit, report: string) => lookAfter(context, unit, report, 0);

function lookAfter({ jobs }: Context, unit: Unit, report: string, delay: number): void {
  jobs.schedule(unit, { kind: recheckJob, id: report, at: unit.now + delay, payload: { report } });
}

/** It had to wait for its host, and has its place in the line. */
export function lookInTurn({ jobs }: Context, unit: Unit, report: string, wait: number): void {
  jobs.schedule(unit, {
    kind: recheckJob,
    id: report,
    at: unit.now + wait,
    payload: { report, inTurn: true },
  });
}

type Settings = Context["settings"];

/** Milliseconds until the next look; undefined: none. The same watch at the same time gives the same. */
export function delayOf(
  settings: Settings,
  watch: ReportWatch,
  now: number,
  isHeld: boolean,
): number | undefined {
  const interval = intervalOf(settings, watch, now, isHeld);
  if (interval === undefined) return undefined;
  // Only ever longer: misses closer together than `missInterval` would not count.
  return Math.round(interval * (1 + settings.rechecks.spread * drawn(watch)));
}

function intervalOf(
  settings: Settings,
  { targets, looksAfter, lastNotice }: ReportWatch,
  now: number,
  isHeld: boolean,
): number | undefined {
  if (targets.every(({ watch }) => watch.state === "offline"))
    return looksAfter < settings.looksAfter ? settings.afterInterval : undefined;
  if (targets.some(({ watch }) => watch.state === "missing")) return settings.missInterval;
  const { recheckInterval, rechecks, holds } = settings;
  // A notice makes it urgent again.
  const age = now - (lastNotice ?? Math.min(...targets.map(({ watch }) => watch.since ?? now)));
  const grown = Math.max(recheckInterval, Math.min(age * rechecks.growth, rechecks.longest));
  return isHeld ? Math.min(grown, holds.lookInterval) : grown;
}

/** From 0 to 1, by the report's random id and the number of looks: spread evenly over reports, and new at each look. */
function drawn({ report, targets }: ReportWatch): number {
  const looks = Math.max(0, ...targets.map(({ watch }) => watch.looks ?? 0));
  const digest = hex(sha256(utf8(`${report} ${looks}`)));
  return parseInt(digest.slice(0, 8), 16) / 2 ** 32;
}
