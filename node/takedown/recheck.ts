/** One round of looks at a report's URLs as a durable job, and what it changes. It schedules the next one itself. */
import { without } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Completion, JobHandler } from "../jobs/index.ts";
import { sentAt, tell, type Context } from "./context.ts";
import { tellAgain } from "./escalate.ts";
import { noteLooks } from "./holds/index.ts";
import { lookAtAll, type Looked } from "./looking.ts";
import { movesOf, recordMoves, type Moves } from "./moving.ts";
import { watches, type ReportWatch } from "./records.ts";
import { lookInTurn, scheduleLook } from "./schedule.ts";
import { nextWatch, type WatchEvent } from "./watch.ts";

type WatchedTarget = ReportWatch["targets"][number];

export function recheckHandler(context: Context): JobHandler<{ report: string; inTurn?: boolean }> {
  return async ({ report: id, inTurn }, { signal }): Promise<Completion | undefined> => {
    const watch = await context.commit.get(watches, id);
    if (!watch) return undefined;
    const report = await context.casework.report(context.commit, id);
    if (report.state === "closed") return undefined;
    // Who waits for a host's turn keeps nobody waiting who asks another host.
    const wait = inTurn ? 0 : context.pace.reserve(watch.targets.map(({ url }) => url));
    if (wait > 0) return (unit) => lookInTurn(context, unit, id, wait);
    const moves = await movesOf(context, report, watch);
    const looked = await lookAtAll(context, watch.targets, signal);
    return (unit) => recordLooks(context, unit, id, looked, moves);
  };
}

async function recordLooks(
  context: Context,
  unit: Unit,
  id: string,
  looked: readonly Looked<WatchedTarget>[],
  moves: Moves,
): Promise<void> {
  const before = await unit.get(watches, id);
  const report = before && (await context.casework.report(unit, id));
  if (!before || !report || report.state === "closed") return;
  const events = new Map<string, WatchEvent>();
  const targets = before.targets.map((target) => {
    const look = looked.find((one) => one.target.item === target.item)?.look;
    if (!look) return target;
    const { watch, event } = nextWatch(target.watch, look, unit.now, context.settings);
    if (event) events.set(target.item, event);
    recordLook(context, unit, target, watch, look, event);
    return { ...target, watch };
  });
  const wasGone = isGone(before);
  const after: ReportWatch = {
    ...before,
    targets,
    looksAfter: wasGone ? before.looksAfter + 1 : before.looksAfter,
  };
  await context.casework.setOnline(unit, id, new Map(targets.map(({ item, watch }) => [item, watch.state])));
  await recordRemovals(context, unit, after, itemsWith(events, "offline"));
  await recordReturns(context, unit, after, itemsWith(events, "back-online"), wasGone);
  await noteLooks(context, unit, id, looked, events);
  await giveUpOnSilence(context, unit, after);
  const still = await recordMoves(context, unit, after, moves);
  if (!still) return unit.delete(watches, [id]);
  const held = await context.held(unit, id);
  const told = held ? still : await tellAgain(context, unit, still);
  unit.put(watches, [id], told);
  scheduleLook(context, unit, told, held);
}

const isGone = (watch: ReportWatch) => watch.targets.every((target) => target.watch.state === "offline");
const itemsWith = (events: ReadonlyMap<string, WatchEvent>, event: WatchEvent) =>
  [...events].filter(([, one]) => one === event).map(([item]) => item);

function recordLook(
  { settings }: Context,
  unit: Unit,
  { report, item }: WatchedTarget,
  watch: WatchedTarget["watch"],
  look: Looked["look"],
  event: WatchEvent | undefined,
): void {
  const record = (kind: string, detail: Record<string, unknown>) =>
    unit.record({ kind, subject: [report, item], actor: "node", detail: { item, ...detail } });
  const { why } = look;
  if (event === "missed" || event === "offline")
    record("recheck.missing", { why, misses: watch.misses, needed: settings.missesUntilOffline });
  if (event === "offline") record("recheck.offline", {});
  if (event === "found" || event === "back-online") record("recheck.online", { why });
  if (look.result === "unavailable" && watch.unavailableSince === unit.now)
    record("recheck.unavailable", { why });
}

/** Items confirmed offline; with the last of them the report is removed. */
async function recordRemovals(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  items: string[],
): Promise<void> {
  if (items.length === 0) return;
  const { casework, federation } = context;
  const { report } = watch;
  const gone = isGone(watch);
  const of = watch.targets.filter((target) => items.includes(target.item));
  const first = Math.min(...of.map((target) => target.watch.firstMiss ?? unit.now));
  // Never told, and yet gone: found unavailable, not removed on our notice.
  const kind = watch.rounds > 0 ? "removed" : "unavailable";
  await casework.addAction(unit, report, items, { kind, by: federation.self.id, at: unit.now });
  await casework.change(unit, report, (now) => ({
    ...now,
    ...(gone && { state: "removed" as const }),
    timestamps: {
      ...now.timestamps,
      firstOffline: now.timestamps.firstOffline ?? first,
      ...(gone && { confirmedOffline: unit.now }),
    },
  }));
  if (gone) unit.record({ kind: "report.removed", subject: [report], actor: "node", detail: {} });
  await tell(context, unit, {
    report,
    items,
    outcome: kind,
    ...sentAt(watch),
    firstOfflineAt: first,
    confirmedOfflineAt: unit.now,
  });
}

/**
 * What came back opens the report again; the provider is told again at the next opportunity. The times of the removal
 * count no more, and stay among the report's moments.
 */
async function recordReturns(
  context: Context,
  unit: Unit,
  watch: ReportWatch,
  items: string[],
  wasGone: boolean,
): Promise<void> {
  if (items.length === 0) return;
  const { report } = watch;
  await context.casework.change(unit, report, (now) => ({
    ...now,
    ...(wasGone && { state: watch.rounds > 0 ? ("notified" as const) : ("to-notify" as const) }),
    timestamps: {
      ...(wasGone ? without(now.timestamps, "confirmedOffline", "firstOffline") : now.timestamps),
      backOnline: unit.now,
    },
  }));
  if (wasGone)
    unit.record({
      kind: "report.reopened",
      subject: [report],
      actor: "node",
      detail: { items: items.length },
    });
  await tell(context, unit, { report, items, outcome: "still-online", ...sentAt(watch) });
}

/** A site that has not answered properly for long: told as unavailable, which is not a removal. The looks go on. */
async function giveUpOnSilence(context: Context, unit: Unit, watch: ReportWatch): Promise<void> {
  const { settings, casework, federation } = context;
  const silent = watch.targets.filter(
    ({ watch: { state, unavailableSince } }) =>
      state !== "offline" &&
      unavailableSince !== undefined &&
      unit.now - unavailableSince >= settings.unavailableAfter,
  );
  const items = (await casework.itemsOf(unit, watch.report)).filter(
    (item) =>
      silent.some((target) => target.item === item.id) &&
      !item.actions.some(({ kind }) => kind === "unavailable"),
  );
  if (items.length === 0) return;
  const ids = items.map((item) => item.id);
  await casework.addAction(unit, watch.report, ids, {
    kind: "unavailable",
    by: federation.self.id,
    at: unit.now,
  });
  await tell(context, unit, { report: watch.report, items: ids, outcome: "unavailable", ...sentAt(watch) });
}
