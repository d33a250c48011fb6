/** What a clock shows for one report. */
import type { Report } from "../records.ts";
import type { ClockDefinition } from "./definitions.ts";

export interface Reading {
  /** not-started: its first moment is not known. running: what it counts is not over. stopped: `milliseconds` is final. */
  state: "not-started" | "running" | "stopped";
  /** Counted so far. */
  milliseconds: number;
  /** Left out of it, because police held the notice. */
  paused: number;
}

/** Pure. What came back online runs again: its removal counts no more. */
export function readClock(
  clock: ClockDefinition,
  { timestamps, holds = [] }: Pick<Report, "timestamps" | "holds">,
  now: number,
): Reading {
  const start = timestamps[clock.start];
  if (start === undefined) return { state: "not-started", milliseconds: 0, paused: 0 };
  const end = timestamps[clock.confirmed] === undefined ? undefined : timestamps[clock.end];
  const until = end ?? now;
  const paused = clock.pausesWhileHeld
    ? holds.reduce((sum, hold) => sum + overlap(hold.from, hold.until ?? until, start, until), 0)
    : 0;
  // Gone before it began to count: no time at all.
  const milliseconds = Math.max(0, until - start - paused);
  return { state: end === undefined ? "running" : "stopped", milliseconds, paused };
}

const overlap = (from: number, to: number, start: number, end: number) =>
  Math.max(0, Math.min(to, end) - Math.max(from, start));
