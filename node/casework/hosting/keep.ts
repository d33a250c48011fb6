/** Keeping what a trace learned, and what follows when a report's host has moved. */
import { hostingMoved, type Hosting as TracedHosting } from "../../capture/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { Reader } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { itemsOf, putReport, requireReport, without } from "../reading.ts";
import type { Hosting, Report } from "../records.ts";
import { route } from "../settle.ts";
import { traces, type KeptTrace } from "./records.ts";

/** Puts a trace into the report's history; what is the same as the last one only prolongs that. Returns what the report keeps of it. */
export async function keepTrace(unit: Unit, report: string, traced: TracedHosting): Promise<Hosting> {
  const { trace, tracedAt } = traced;
  const hosting = without(traced, "trace", "abuse");
  const last = await newestTrace(unit, report);
  if (last && isSameState(last, { hosting, trace })) {
    unit.put(traces, [report, last.first], { ...last, last: tracedAt });
    return hosting;
  }
  // Two traces of one instant are kept both.
  const first = Math.max(tracedAt, (last?.first ?? 0) + 1);
  unit.put(traces, [report, first], { hosting, trace, first, last: first });
  const { lookup, country, provider, cdn } = hosting;
  unit.record({
    kind: "hosting.traced",
    subject: [report],
    actor: "node",
    detail: {
      lookup,
      ...(country !== undefined && { country }),
      ...(provider !== undefined && { provider }),
      ...(cdn && { cdn: cdn.name }),
    },
  });
  return hosting;
}

/** The newest first. */
export async function tracesOf(reader: Reader, report: string, limit = 100): Promise<KeptTrace[]> {
  const kept = reader.list(traces, { prefix: [report], reverse: true, limit });
  return (await Array.fromAsync(kept)).map(({ value }) => value);
}

const newestTrace = async (reader: Reader, report: string) => (await tracesOf(reader, report, 1))[0];

type State = Pick<KeptTrace, "hosting" | "trace">;

/** All but times, and the order in which a resolver gives addresses. */
function isSameState(before: State, now: State): boolean {
  return stateOf(before) === stateOf(now);
}

function stateOf({ hosting, trace }: State): string {
  const { places, addresses, network, domain, aliases, cdn } = trace;
  const timeless = (part: typeof network | typeof domain) =>
    part.result === "found" ? without(part.value, "at") : part.result;
  return JSON.stringify([
    without(hosting, "tracedAt", "address"),
    places.map((place) => JSON.stringify(place)).sort(),
    addresses.result,
    timeless(network),
    timeless(domain),
    aliases,
    cdn,
  ]);
}

/**
 * Takes in a later trace of a report's URL. When the site has moved, the report is routed anew; answers whether it has.
 * @throws `casework/no-such-report`
 */
export async function takeTrace(
  context: Context,
  unit: Unit,
  id: string,
  traced: TracedHosting,
): Promise<boolean> {
  const report = await requireReport(unit, id);
  const hosting = await keepTrace(unit, id, traced);
  if (hostingMoved(report.hosting, traced)) {
    await moved(context, unit, putReport(unit, { ...report, hosting }));
    return true;
  }
  // The same place: what else is known of it may be newer, such as a contact.
  const { country, provider } = report.hosting ?? {};
  const isSame = country === hosting.country && (provider === undefined || provider === hosting.provider);
  if (traced.lookup === "found" && isSame) putReport(unit, { ...report, hosting });
  return false;
}

/** A report that was not routed yet will be by where it is hosted then. */
async function moved(context: Context, unit: Unit, report: Report): Promise<void> {
  if (!report.route) return;
  const routed = await route(context, unit, report, await itemsOf(unit, report.id));
  unit.record({
    kind: "report.moved",
    subject: [report.id],
    actor: "node",
    detail: { sentence: routed.route?.sentence ?? "" },
  });
}
