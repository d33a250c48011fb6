/** Finding reports and items, and what every change of them does. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../commit/index.ts";
import type { Reader } from "../store/index.ts";
import { items, reports, type Item, type Report } from "./records.ts";

/** @throws `casework/no-such-report` */
export async function requireReport(reader: Reader, id: string): Promise<Report> {
  const report = await reader.get(reports, id);
  if (report) return report;
  throw new WardlineError("casework/no-such-report", "There is no such report here.", {
    advice: "Go back to the list; it may have been opened from an old link.",
  });
}

/** All items of a report in the order in which they were found. */
export async function itemsOf(reader: Reader, report: string): Promise<Item[]> {
  const found: Item[] = [];
  for await (const { value } of reader.list(items, { prefix: [report] })) found.push(value);
  return found.sort((a, b) => a.position - b.position);
}

export async function findItem(reader: Reader, id: string): Promise<Item | undefined> {
  for await (const { value } of reader.list(items, { index: "id", prefix: [id] })) return value;
  return undefined;
}

/** @throws `casework/no-such-item` */
export async function requireItem(reader: Reader, id: string): Promise<Item> {
  const item = await findItem(reader, id);
  if (item) return item;
  throw new WardlineError("casework/no-such-item", "There is no such item here.", {
    advice: "Open its report again from the list.",
  });
}

/** Writes a report and tells the screens that show it. Times that are new are added to those that are kept for ever. */
export function putReport(unit: Unit, report: Report): Report {
  const kept = { ...report, moments: withMoments(report) };
  unit.put(reports, [report.id], kept);
  unit.announce({ topic: "report", id: report.id });
  return kept;
}

type Moments = NonNullable<Report["moments"]>;

function withMoments({ timestamps, moments = [] }: Report): Moments {
  const now = Object.entries(timestamps).map(([what, at]) => ({ what, at }) as Moments[number]);
  const fresh = now.filter(({ what, at }) => !moments.some((one) => one.what === what && one.at === at));
  return [...moments, ...fresh.sort((a, b) => a.at - b.at)];
}

export async function findReport(reader: Reader, id: string): Promise<Report | undefined> {
  return reader.get(reports, id);
}

/** All reports in a state. */
export async function* reportsIn(reader: Reader, state: Report["state"]): AsyncGenerator<Report> {
  for await (const { value } of reader.list(reports, { index: "queue", prefix: [state] })) yield value;
}

export function putItem(unit: Unit, item: Item): Item {
  unit.put(items, [item.report, item.id], item);
  return item;
}

/** The numbers that lists show, kept on the report so that a list reads no items. */
export function countsOf(all: readonly Item[]): Report["counts"] {
  const count = (state: Item["state"]) => all.filter((item) => item.state === state).length;
  return { items: all.length, open: count("open"), known: count("known"), refused: count("refused") };
}

/** A copy without the fields that are undefined, so that it compares and travels as if they had never been named. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** A copy without these fields. */
export function without<T extends object, K extends keyof T>(value: T, ...fields: K[]): Omit<T, K> {
  const left: readonly PropertyKey[] = fields;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !left.includes(name))) as Omit<T, K>;
}
