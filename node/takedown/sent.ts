/** What follows when a notice has left: actions, times, the watch over its URLs, and word to the report's origin. */
import type { Unit } from "../commit/index.ts";
import { tell, type Context } from "./context.ts";
import { put } from "./enqueue.ts";
import type { Answer } from "./handover.ts";
import type { Looked } from "./looking.ts";
import { notices, watches, type Notice, type ReportWatch } from "./records.ts";
import { scheduleLook } from "./schedule.ts";
import { nextWatch, type Watch } from "./watch.ts";

export async function recordSent(
  context: Context,
  unit: Unit,
  id: string,
  looked: readonly Looked[],
  answer?: Answer,
): Promise<void> {
  const before = await unit.get(notices, id);
  if (!before || before.state === "sent") return;
  const sentAt = before.marked?.at ?? unit.now;
  const notice = put(unit, {
    ...before,
    state: "sent",
    sentAt,
    ...(answer?.id !== undefined && { ticket: answer.id }),
  });
  const told = new Set(notice.marked?.items ?? []);
  for (const report of new Set(looked.map(({ target }) => target.report))) {
    const items = notice.targets
      .filter((target) => target.report === report && told.has(target.item))
      .map(({ item }) => item);
    if (items.length > 0) await recordTold(context, unit, notice, report, items, sentAt);
    await startWatch(context, unit, notice, report, looked, items.length > 0 ? sentAt : undefined);
  }
  if (answer) await acknowledge(context, unit, id);
}

/** The contact says that it has the notice: kept with the notice, and with each of its reports the first time. */
export async function acknowledge({ casework }: Context, unit: Unit, id: string): Promise<void> {
  const notice = await unit.get(notices, id);
  if (!notice || notice.acknowledged !== undefined) return;
  put(unit, { ...notice, acknowledged: unit.now });
  for (const report of notice.reports) {
    unit.record({ kind: "notice.acknowledged", subject: [report], actor: "node", detail: { notice: id } });
    await casework.change(unit, report, (now) => ({
      ...now,
      timestamps: {
        ...now.timestamps,
        providerAcknowledged: now.timestamps.providerAcknowledged ?? unit.now,
      },
    }));
  }
}

async function recordTold(
  context: Context,
  unit: Unit,
  { id, round, way }: Notice,
  report: string,
  items: string[],
  sentAt: number,
): Promise<void> {
  const { casework, federation } = context;
  const detail = round > 1 ? { detail: `notice ${round}` } : {};
  await casework.addAction(unit, report, items, {
    kind: "reported-to-isp",
    by: federation.self.id,
    at: sentAt,
    ...detail,
  });
  await casework.change(unit, report, (now) => ({
    ...now,
    state: "notified",
    route: { ...now.route, sentence: "The provider was told; the URLs are checked until they are gone." },
    timestamps: { ...now.timestamps, noticeSent: now.timestamps.noticeSent ?? sentAt },
  }));
  unit.record({
    kind: "notice.sent",
    subject: [report],
    actor: "node",
    detail: { notice: id, items: items.length, round, way },
  });
  if (round === 1) await tell(context, unit, { report, items, outcome: "notified", noticeSentAt: sentAt });
}

/** Begins, or goes on with, watching a report's URLs. The look just taken counts. */
export async function startWatch(
  context: Context,
  unit: Unit,
  notice: Notice,
  report: string,
  looked: readonly Looked[],
  sentAt?: number,
): Promise<void> {
  const before = await unit.get(watches, report);
  const { hosting } = await context.casework.report(unit, report);
  const fresh: Watch = { state: "online", misses: 0 };
  const targets = looked
    .filter(({ target }) => target.report === report)
    .map(({ target, look }) => {
      const known = before?.targets.find((one) => one.item === target.item)?.watch ?? fresh;
      return { ...target, watch: nextWatch(known, look, unit.now, context.settings).watch };
    });
  const others = before?.targets.filter((one) => !targets.some((target) => target.item === one.item)) ?? [];
  const watch: ReportWatch = {
    report,
    hosting: hosting ?? { host: "", source: "unknown", tracedAt: unit.now },
    contact: notice.contact,
    step: notice.step,
    targets: [...others, ...targets],
    rounds: sentAt === undefined ? (before?.rounds ?? 0) : notice.round,
    ...((sentAt ?? before?.lastNotice) !== undefined && { lastNotice: sentAt ?? before?.lastNotice }),
    looksAfter: 0,
  };
  unit.put(watches, [report], watch);
  await context.casework.setOnline(
    unit,
    report,
    new Map(watch.targets.map((one) => [one.item, one.watch.state])),
  );
  scheduleLook(context, unit, watch);
}
