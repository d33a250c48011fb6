/** Figures over many reports, each with the name of its clock. No URL, person or reference is in them. */
import type { Reader } from "../../store/index.ts";
import { reports, type Report } from "../records.ts";
import type { ClockDefinition } from "./definitions.ts";
import { readClock, type Reading } from "./reading.ts";

const HOUR = 3_600_000;
const limits = { within24h: 24 * HOUR, within72h: 72 * HOUR, within7d: 168 * HOUR } as const;

/** By what figures can be told apart: the hosting country, the provider, or the member that deals with the report. */
export const groupings = ["all", "country", "provider", "hotline"] as const;
export type Grouping = (typeof groupings)[number];

export interface ClockFigures {
  /** The country, provider or member id; empty: of all, or not known. */
  group: string;
  /** Clocks that have stopped, and those that still run. */
  stopped: number;
  running: number;
  /** Of the stopped ones, by nearest rank; absent when there is none. */
  median?: number;
  percentile90?: number;
  /**
   * The part of those of which it is known that stopped within the time: one that runs, and has not run so long, is not
   * counted. Absent when nothing is known.
   */
  within24h?: number;
  within72h?: number;
  within7d?: number;
}

export interface Period {
  from: number;
  until: number;
}

/** Of the reports received in the period, `until` excluded; the largest group first. */
export async function clockFigures(
  reader: Reader,
  clock: ClockDefinition,
  { from, until }: Period,
  by: Grouping,
  now: number,
): Promise<ClockFigures[]> {
  const groups = new Map<string, Reading[]>();
  for await (const { value } of reader.list(reports, { index: "received", after: [from - 1] })) {
    if (value.timestamps.received >= until) break;
    const reading = readClock(clock, value, now);
    if (reading.state === "not-started") continue;
    const group = groupOf(value, by);
    const readings = groups.get(group) ?? [];
    readings.push(reading);
    groups.set(group, readings);
  }
  const figures = [...groups].map(([group, readings]) => figuresOf(group, readings));
  return figures.sort((a, b) => b.stopped + b.running - a.stopped - a.running);
}

function groupOf({ hosting, route }: Report, by: Grouping): string {
  if (by === "country") return hosting?.country ?? "";
  if (by === "provider") return hosting?.provider ?? "";
  return by === "hotline" ? (route?.member ?? "") : "";
}

/** Exported for tests: figures are easily almost right. */
export function figuresOf(group: string, readings: readonly Reading[]): ClockFigures {
  const times = readings.filter(({ state }) => state === "stopped").map((one) => one.milliseconds);
  times.sort((a, b) => a - b);
  const running = readings.filter(({ state }) => state === "running").map((one) => one.milliseconds);
  const figures: ClockFigures = { group, stopped: times.length, running: running.length };
  const rank = (part: number) => times[Math.ceil(part * times.length) - 1];
  const [median, percentile90] = [rank(0.5), rank(0.9)];
  if (median !== undefined) figures.median = median;
  if (percentile90 !== undefined) figures.percentile90 = percentile90;
  for (const name of ["within24h", "within72h", "within7d"] as const) {
    const known = times.length + running.filter((time) => time > limits[name]).length;
    if (known > 0) figures[name] = times.filter((time) => time <= limits[name]).length / known;
  }
  return figures;
}
