/** Which reports a hold covers, and what follows for each: nobody is told of it, and its addresses are looked at. */
import { compact, type Item, type Report } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { blind, type Reader } from "../../store/index.ts";
import { targetOf } from "../targets.ts";
import type { Context } from "../context.ts";
import { openNotice, takeOut } from "../enqueue.ts";
import { watches } from "../records.ts";
import { lookNow } from "../schedule.ts";
import { isFetchable } from "../tracing.ts";
import { helds, holds, isInForce, type Held, type Hold } from "./records.ts";
import { covers, keysOf } from "./scope.ts";
import { nameOf } from "./words.ts";

/** States in which a notice could leave from here, or has left. */
const ofInterest = ["to-notify", "notified", "removed"] as const;

/** Every report that the hold covers now, each taken under it in a unit of its own. Again: changes nothing. */
export async function takeCovered(context: Context, hold: Hold, signal: AbortSignal): Promise<void> {
  for await (const report of candidates(context, hold)) {
    signal.throwIfAborted();
    if (!isOurs(context, report)) continue;
    const items = await context.casework.itemsOf(context.commit, report.id);
    if (!covers(hold.scope, keysOf(report, items))) continue;
    await context.commit.run((unit) => takeUnder(context, unit, hold.id, report.id));
  }
}

const isOurs = ({ casework, federation }: Context, report: Report) =>
  ofInterest.some((state) => state === report.state) &&
  casework.competent(report).member === federation.self.id;

async function* candidates({ casework, commit }: Context, { scope }: Hold): AsyncGenerator<Report> {
  for (const id of scope.reports) {
    const report = await casework.findReport(commit, id);
    if (report) yield report;
  }
  if (scope.urls.length + scope.hosts.length === 0) return;
  for (const state of ofInterest) yield* casework.reportsIn(commit, state);
}

/** A report that is dealt with here has its verdicts, or new items: holds that cover it are found by what it names. */
export async function takeClassified(
  context: Context,
  unit: Unit,
  report: Report,
  items: readonly Item[],
): Promise<void> {
  const found = new Set<string>();
  for (const key of keysOf(report, items))
    for await (const { value } of unit.list(holds, { index: "scope", prefix: [blind(key)] }))
      found.add(value.id);
  for (const hold of found) await takeUnder(context, unit, hold, report.id);
}

async function takeUnder(context: Context, unit: Unit, holdId: string, id: string): Promise<void> {
  const { casework } = context;
  const hold = await unit.get(holds, holdId);
  if (!hold || !isInForce(hold)) return;
  const report = await casework.report(unit, id);
  const illegal = casework.illegal(report, await casework.itemsOf(unit, id));
  const targets = illegal.map((item) => targetOf(report, item)).filter(({ url }) => isFetchable(url));
  const before = await unit.get(helds, holdId, id);
  const known = new Set(before?.urls.map(({ item }) => item));
  const fresh = targets.filter(({ item }) => !known.has(item));
  if (before && before.until === undefined && fresh.length === 0) return;
  const { noticeSent } = report.timestamps;
  const first: Held = compact({
    hold: holdId,
    report: id,
    since: unit.now,
    noticedBefore: noticeSent,
    urls: [],
  });
  const held = before ?? first;
  const urls = fresh.map(({ item, url }) => ({ item, url, looks: 0, onlineFor: 0 }));
  unit.put(helds, [holdId, id], { ...held, urls: [...held.urls, ...urls] });
  await watchToo(context, unit, report, targets);
  if (before) return;
  // Written for a person to send by hand: nobody sends it now.
  const open = await openNotice(unit, id);
  if (open?.state === "to-send") await takeOut(context, unit, id, "police asked to wait.");
  await markHeld(context, unit, hold, report);
}

async function markHeld({ casework }: Context, unit: Unit, hold: Hold, report: Report): Promise<void> {
  const told = report.timestamps.noticeSent !== undefined;
  const until = new Date(hold.expires).toISOString().slice(0, 10);
  const before = told ? " The provider had been told before." : "";
  await casework.change(unit, report.id, (now) => ({
    ...now,
    holds: isOpen(now) ? now.holds : [...(now.holds ?? []), { from: unit.now }],
    route: {
      ...now.route,
      sentence: `Held until ${until} at most, as ${nameOf(casework, hold)} asks: nobody is told, the addresses are looked at.${before}`,
    },
  }));
  unit.record({
    kind: "hold.began",
    subject: [report.id, hold.id],
    actor: "node",
    detail: { owner: nameOf(casework, hold), expires: hold.expires, told },
  });
}

const isOpen = ({ holds: intervals = [] }: Report) =>
  intervals.at(-1)?.until === undefined && intervals.length > 0;

type Targets = ReturnType<typeof targetOf>[];

/** The watch begins without a notice, or grows; the first look is soon. */
async function watchToo(context: Context, unit: Unit, report: Report, targets: Targets): Promise<void> {
  const before = await unit.get(watches, report.id);
  const known = new Set(before?.targets.map(({ item }) => item));
  const fresh = targets
    .filter(({ item }) => !known.has(item))
    .map((target) => ({ ...target, watch: { state: "online" as const, misses: 0 } }));
  const { host } = report;
  unit.put(watches, [report.id], {
    ...{ report: report.id, contact: "", rounds: 0, step: "provider", looksAfter: 0 },
    hosting: report.hosting ?? { host, source: "unknown", tracedAt: unit.now },
    ...before,
    targets: [...(before?.targets ?? []), ...fresh],
  });
  lookNow(context, unit, report.id);
}

/** Whether a hold in force covers this report now. Its end counts, even when nobody has acted on it yet. */
export async function isHeld(context: Context, reader: Reader, id: string): Promise<boolean> {
  const now = context.clock.now();
  const holding = (hold: Hold | undefined) => hold && isInForce(hold) && now < hold.expires;
  for await (const { value } of reader.list(helds, { index: "report", prefix: [id] }))
    if (holding(await reader.get(holds, value.hold))) return true;
  let keys: ReadonlySet<string> | undefined;
  for await (const { value } of reader.list(holds, { index: "finding" })) {
    keys ??= await keysOfReport(context, reader, id);
    if (holding(value) && covers(value.scope, keys)) return true;
  }
  return false;
}

async function keysOfReport({ casework }: Context, reader: Reader, id: string): Promise<Set<string>> {
  return keysOf(await casework.report(reader, id), await casework.itemsOf(reader, id));
}
