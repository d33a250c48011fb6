/**
 * Sending one notice as a durable job:
 *
 *   1. trace each URL's host again, and fetch and compare each URL: what moved or is gone is left out
 *   2. mark "sending" on disk, with the mail's identity
 *   3. hand the mail to the server
 *   4. one unit: sent, actions, times, the watch, the first re-check, the origin told
 *
 * SMTP promises at-least-once: a crash between 3 and 4 leaves the mark. Then the same mail (same Message-ID, same report
 * ids inside) is sent again only while something of it is still online; if all of it is gone, the mail evidently arrived.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Hosting } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import type { JobHandler } from "../jobs/index.ts";
import { sendJob } from "./approve.ts";
import { composeFor } from "./compose.ts";
import type { Context } from "./context.ts";
import { anyHeld, apart } from "./holds/gate.ts";
import { lookAtAll, type Looked } from "./looking.ts";
import { notices, type Notice, type Target } from "./records.ts";
import { recordSent, startWatch } from "./sent.ts";
import { isSameHosting, tracedOf, traceHosts } from "./tracing.ts";

/** Registers the job. A mail server that is away for longer than the attempts last brings the notice back to a person. */
export function registerSend(context: Context): void {
  context.jobs.register<{ notice: string }>(sendJob, sendHandler(context), {
    gaveUp: (unit, { notice }) => refused(context, unit, notice, "takedown/mail-deferred"),
  });
}

/** What another attempt would not change. */
const forGood: readonly string[] = ["takedown/mail-refused", "takedown/cannot-compose"];

function sendHandler(context: Context): JobHandler<{ notice: string }> {
  return async ({ notice: id }, { signal }) => {
    const approved = await context.commit.get(notices, id);
    if (!approved || (approved.state !== "waiting" && approved.state !== "sending")) return undefined;
    // What is held waits for the end of the hold, which schedules it again.
    const notice = await apart(context, approved);
    if (!notice) return undefined;
    const { stay, moved } = await traceAgain(context, notice);
    const looked = await lookAtAll(context, stay, signal);
    const online = looked.filter(({ look }) => look.result === "online");
    if (online.length === 0) return (unit) => nothingToSend(context, unit, id, looked, moved);
    const marked = await mark(context, notice, online);
    if (!marked) return (unit) => context.jobs.schedule(unit, { kind: sendJob, id, payload: { notice: id } });
    try {
      const targets = online.map(({ target }) => target);
      await context.mailer.send(await composeFor(context, marked, targets));
    } catch (error) {
      if (isWardlineError(error) && forGood.includes(error.code))
        return (unit) => refused(context, unit, id, error.code);
      throw error;
    }
    return async (unit) => {
      await recordSent(context, unit, id, looked);
      await reroute(context, unit, moved);
    };
  };
}

interface Moved {
  report: string;
  /** Of the page, as it is now. */
  hosting: Hosting;
}

/** A host that changed takes its URLs out of the notice: another contact, perhaps another country, is responsible now. */
async function traceAgain(
  context: Context,
  { targets }: Notice,
): Promise<{ stay: Target[]; moved: Moved[] }> {
  const { casework, commit } = context;
  const stay: Target[] = [];
  const moved: Moved[] = [];
  for (const id of new Set(targets.map((target) => target.report))) {
    const report = await casework.report(commit, id);
    // Closed by a person since it was approved.
    if (report.state === "closed") continue;
    const of = targets.filter((target) => target.report === id);
    const traces = await traceHosts(context, [report.url, ...of.map((target) => target.url)]);
    const page = tracedOf(traces, report.url);
    if (page && !isSameHosting(report.hosting, page)) moved.push({ report: id, hosting: page });
    else stay.push(...of.filter((target) => isSameHosting(target, tracedOf(traces, target.url))));
  }
  return { stay, moved };
}

/** Nothing is marked when a hold came in meanwhile. */
async function mark(
  context: Context,
  notice: Notice,
  online: readonly Looked[],
): Promise<Notice | undefined> {
  return context.commit.run(async (unit) => {
    const targets = online.map(({ target }) => target);
    if (await anyHeld(context, unit, targets)) return undefined;
    const now = (await unit.get(notices, notice.id)) ?? notice;
    const at = now.marked?.at ?? unit.now;
    const attempts = now.attempts + 1;
    const marked: Notice = {
      ...now,
      state: "sending",
      attempts,
      marked: { at, items: online.map(({ target }) => target.item) },
    };
    unit.put(notices, [notice.id], marked);
    const reports = [...new Set(online.map(({ target }) => target.report))];
    unit.record({
      kind: "notice.sending",
      subject: reports,
      actor: "node",
      detail: { notice: notice.id, attempt: attempts },
    });
    return marked;
  });
}

/** All gone or moved. After a crash while sending it means that the mail had arrived and was acted on. */
async function nothingToSend(
  context: Context,
  unit: Unit,
  id: string,
  looked: readonly Looked[],
  moved: readonly Moved[],
): Promise<void> {
  const notice = await unit.get(notices, id);
  if (!notice) return;
  if (notice.state === "sending") return recordSent(context, unit, id, looked);
  const reason =
    looked.length > 0
      ? "nothing of it was found online just before sending."
      : "its host has changed, or its report was closed.";
  const { casework } = context;
  unit.put(notices, [id], { ...notice, state: "cancelled", reason });
  for (const report of new Set(looked.map(({ target }) => target.report))) {
    unit.record({
      kind: "notice.cancelled",
      subject: [report],
      actor: "node",
      detail: { notice: id, reason },
    });
    await casework.change(unit, report, (now) => ({
      ...now,
      route: {
        ...now.route,
        sentence: "Not found online just before the notice; looked at again until that is sure.",
      },
    }));
    await startWatch(context, unit, notice, report, looked);
  }
  await reroute(context, unit, moved);
}

const unwritable =
  "The notice could not be written: check the hosting and the sender's settings, and approve again.";
const unsent =
  "The mail server refused or did not take the notice: check it and the contact, and approve again.";

/** It cannot be written, or the mail server said no for good or not yes for long: a person looks, and approves again. */
async function refused(context: Context, unit: Unit, id: string, code: string): Promise<void> {
  const notice = await unit.get(notices, id);
  if (!notice) return;
  unit.put(notices, [id], { ...notice, state: "failed", reason: code });
  for (const report of notice.reports) {
    unit.record({ kind: "notice.failed", subject: [report], actor: "node", detail: { notice: id, code } });
    await context.casework.change(unit, report, (now) => ({
      ...now,
      route: {
        ...now.route,
        sentence: code === "takedown/cannot-compose" ? unwritable : unsent,
      },
    }));
  }
}

async function reroute(context: Context, unit: Unit, moved: readonly Moved[]): Promise<void> {
  for (const { report, hosting } of moved) {
    await context.casework.change(unit, report, (now) => ({ ...now, hosting }));
    const { route } = await context.casework.reroute(unit, report);
    unit.record({
      kind: "report.moved",
      subject: [report],
      actor: "node",
      detail: { sentence: route?.sentence ?? "" },
    });
  }
}
