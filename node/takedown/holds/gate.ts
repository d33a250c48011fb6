/** Between an approved notice and its leaving: what is held waits, and goes on by itself when nothing holds it any more. */
import { hex } from "@wardline/protocol/encoding";
import { derivedId } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { sendJob } from "../enqueue.ts";
import type { Context } from "../context.ts";
import { notices, type Notice, type Target } from "../records.ts";

/**
 * The notice without the reports that are held, which from now on wait in a notice of their own; undefined when all of it
 * is held.
 */
export async function apart(context: Context, { id }: Notice): Promise<Notice | undefined> {
  return context.commit.run(async (unit) => {
    const notice = await unit.get(notices, id);
    if (!notice) return undefined;
    const held = new Set<string>();
    for (const report of notice.reports) if (await context.held(unit, report)) held.add(report);
    if (held.size === 0) return notice;
    if (held.size === notice.reports.length) return undefined;
    const waiting = only(notice, (report) => held.has(report));
    const heldId = derivedId("held-notice", id, ...waiting.reports);
    unit.put(notices, [heldId], {
      ...waiting,
      id: heldId,
      state: "waiting",
      attempts: 0,
      token: hex(context.random(10)),
    });
    const going = only(notice, (report) => !held.has(report));
    unit.put(notices, [id], going);
    return going;
  });
}

function only(notice: Notice, wanted: (report: string) => boolean): Notice {
  return {
    ...notice,
    reports: notice.reports.filter(wanted),
    targets: notice.targets.filter(({ report }) => wanted(report)),
  };
}

/** Asked in the unit after which a notice may leave: a hold that came a moment before wins. */
export async function anyHeld(context: Context, unit: Unit, targets: readonly Target[]): Promise<boolean> {
  for (const report of new Set(targets.map((target) => target.report)))
    if (await context.held(unit, report)) return true;
  return false;
}

/** The report's waiting notices go on: grouped like others when they are the first, traced again like all. */
export async function releaseHeld(context: Context, unit: Unit, report: string): Promise<void> {
  for (const notice of await waitingOf(unit, report)) {
    const { id, round } = notice;
    const sendAt = Math.max(notice.sendAt, unit.now + (round === 1 ? context.settings.groupingWindow : 0));
    unit.put(notices, [id], { ...notice, sendAt });
    context.jobs.schedule(unit, { kind: sendJob, id, at: sendAt, payload: { notice: id } });
  }
}

/** Takes a report out of what waits: the notice needs a person's approval again. */
export async function withdrawReport(
  context: Context,
  unit: Unit,
  report: string,
  sentence: string,
): Promise<void> {
  for (const notice of await waitingOf(unit, report)) {
    const rest = only(notice, (one) => one !== report);
    const reason = "the police that held it asked not to tell the provider.";
    const none = rest.targets.length === 0;
    unit.put(notices, [notice.id], none ? { ...notice, state: "cancelled", reason } : rest);
    unit.record({
      kind: "notice.cancelled",
      subject: [report],
      actor: "node",
      detail: { notice: notice.id, reason },
    });
    unit.announce({ topic: "notice", id: report });
  }
  await context.casework.change(unit, report, (now) => ({ ...now, route: { ...now.route, sentence } }));
}

async function waitingOf(unit: Unit, report: string): Promise<Notice[]> {
  const found: Notice[] = [];
  for await (const { value } of unit.list(notices, { index: "report", prefix: [report] }))
    if (value.state === "waiting" || value.state === "sending") found.push(value);
  return found;
}
