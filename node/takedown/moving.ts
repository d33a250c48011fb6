/** A host that changed between looks: whoever deals with the report may be another, and so may be the provider. */
import { hostingMoved, type ComparedHosting, type Hosting } from "../capture/index.ts";
import { without, type Report } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import { noteMoved } from "./holds/index.ts";
import type { ReportWatch } from "./records.ts";
import { traceHosts, tracedOf } from "./tracing.ts";

type Watched = ReportWatch["targets"][number];

export interface Moves {
  /** Where the page is now; whether that is another country or provider than before. */
  page?: { hosting: Hosting; moved: boolean };
  /** Items that are elsewhere now. */
  items: ReadonlyMap<string, Hosting>;
}

/** Traces every host of the watch again; what is gone has no host to trace. */
export async function movesOf(context: Context, report: Report, { targets }: ReportWatch): Promise<Moves> {
  const there = targets.filter(({ watch }) => watch.state !== "offline");
  if (there.length === 0) return { items: new Map() };
  const traces = await traceHosts(context, [report.url, ...there.map(({ url }) => url)]);
  const page = tracedOf(traces, report.url);
  const items = new Map<string, Hosting>();
  for (const target of there) {
    const traced = tracedOf(traces, target.url);
    if (traced && hasMoved(target, traced)) items.set(target.item, traced);
  }
  const moved = page !== undefined && report.hosting !== undefined && hasMoved(report.hosting, page);
  return { ...(page && { page: { hosting: page, moved } }), items };
}

/** What a look-up did not find, or found for the first time, is no move. */
function hasMoved(before: ComparedHosting, now: Hosting): boolean {
  const isKnown = before.country !== undefined || before.provider !== undefined;
  return isKnown && hostingMoved(before, now);
}

/**
 * Writes down what was traced, and what moved. With the page the report is routed anew: still dealt with here, its new contact needs a
 * person's approval; else the watch ends here, and undefined is given.
 */
export async function recordMoves(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  { page, items }: Moves,
): Promise<ReportWatch | undefined> {
  const { report } = watch;
  if (items.size > 0) {
    await noteMoved(context, unit, report, new Set(items.keys()));
    const subject = [report, ...items.keys()];
    unit.record({ kind: "recheck.moved", subject, actor: "node", detail: { items: items.size } });
  }
  const targets = watch.targets.map((target) => movedTo(target, items.get(target.item)));
  if (!page || isRemoved(watch)) return { ...watch, targets };
  const { casework, federation } = context;
  await casework.traced(unit, report, page.hosting);
  if (!page.moved) return { ...watch, targets };
  const { route, hosting = watch.hosting } = await casework.report(unit, report);
  const sentence = route?.sentence ?? "";
  for (const handler of context.moved) await handler(unit, { report, sentence });
  if (route?.member !== federation.self.id) return undefined;
  return { ...without(watch, "lastNotice"), targets, hosting, rounds: 0 };
}

const isRemoved = ({ targets }: ReportWatch) => targets.every(({ watch }) => watch.state === "offline");

function movedTo(target: Watched, now: Hosting | undefined): Watched {
  if (!now) return target;
  return {
    ...without(target, "country", "provider"),
    ...(now.country !== undefined && { country: now.country }),
    ...(now.provider !== undefined && { provider: now.provider }),
  };
}
