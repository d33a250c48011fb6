/**
 * Sending one notice as a durable job:
 *
 *   1. what police hold is set apart; a contact that was told often enough today waits until tomorrow
 *   2. trace each URL's host again, and fetch and compare each URL: what moved or is gone is left out
 *   3. mark "sending" on disk, with what will be said
 *   4. hand it over: to the mail server, to the provider's interface, or to a person
 *   5. one unit: sent, actions, times, the watch, the first re-check, the origin told
 *
 * The ways out promise at-least-once: a crash between 4 and 5 leaves the mark. Then the same notice (same Message-ID, same
 * report ids inside) is sent again only while something of it is still online; if all of it is gone, it evidently arrived.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Completion, JobHandler } from "../jobs/index.ts";
import { composeFor } from "./compose.ts";
import type { Context } from "./context.ts";
import { sendJob } from "./enqueue.ts";
import { handOver, laterOf } from "./handover.ts";
import { anyHeld, apart } from "./holds/gate.ts";
import { lookAtAll } from "./looking.ts";
import { notices, writtenNotices, type Notice, type Target, type WrittenNotice } from "./records.ts";
import { recordSent } from "./sent.ts";
import { dayIsFull, postpone } from "./share.ts";
import { isSameHosting, tracedOf, traceHosts, type Moved } from "./tracing.ts";
import { leaveToPerson, nothingToSend, refused, reroute } from "./unsent.ts";

/** Registers the job. A mail server that is away for longer than the attempts last brings the notice back to a person. */
export function registerSend(context: Context): void {
  context.jobs.register<{ notice: string }>(sendJob, sendHandler(context), {
    gaveUp: (unit, { notice }, error) =>
      refused(context, unit, notice, isWardlineError(error) ? error.code : "takedown/mail-deferred"),
  });
}

/** What another attempt would not change. */
const forGood: readonly string[] = [
  "takedown/mail-refused",
  "takedown/api-refused",
  "takedown/cannot-compose",
];

function sendHandler(context: Context): JobHandler<{ notice: string }> {
  return async ({ notice: id }, { signal }) => {
    const approved = await context.commit.get(notices, id);
    if (!approved || (approved.state !== "waiting" && approved.state !== "sending")) return undefined;
    // What is held waits for the end of the hold, which schedules it again.
    const notice = await apart(context, approved);
    if (!notice) return undefined;
    const until = await dayIsFull(context, notice);
    if (until !== undefined) return (unit) => postpone(context, unit, id, until);
    try {
      return await sendOnline(context, notice, signal);
    } catch (error) {
      if (isWardlineError(error) && forGood.includes(error.code))
        return (unit) => refused(context, unit, id, error.code);
      const later = laterOf(context, notice, error);
      if (later !== undefined)
        return (unit) =>
          context.jobs.schedule(unit, { kind: sendJob, id, at: later, payload: { notice: id } });
      throw error;
    }
  };
}

async function sendOnline(context: Context, notice: Notice, signal: AbortSignal): Promise<Completion> {
  const { id } = notice;
  const { stay, moved } = await traceAgain(context, notice);
  const looked = await lookAtAll(context, stay, signal);
  const online = looked.filter(({ look }) => look.result === "online");
  if (online.length === 0) return (unit) => nothingToSend(context, unit, id, looked, moved);
  const targets = online.map(({ target }) => target);
  const at = notice.marked?.at ?? context.clock.now();
  const { words, told } = await composeFor(context, notice, targets, at);
  if (told.length === 0) return (unit) => nothingToSend(context, unit, id, [], moved);
  const marked = await mark(context, notice, told, words, at);
  if (!marked) return (unit) => context.jobs.schedule(unit, { kind: sendJob, id, payload: { notice: id } });
  if (marked.way === "hand") return (unit) => leaveToPerson(context, unit, id, moved);
  const answer = await handOver(context, marked, words, signal);
  return async (unit) => {
    await recordSent(context, unit, id, looked, answer);
    await reroute(context, unit, moved);
  };
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

/** Nothing is marked when a hold came in meanwhile, or something was taken out: then all is looked at anew. */
async function mark(
  context: Context,
  notice: Notice,
  targets: readonly Target[],
  words: WrittenNotice,
  at: number,
): Promise<Notice | undefined> {
  return context.commit.run(async (unit) => {
    if (await anyHeld(context, unit, targets)) return undefined;
    const now = (await unit.get(notices, notice.id)) ?? notice;
    const stillIn = new Set(now.targets.map(({ item }) => item));
    const goesOn = now.state === "waiting" || now.state === "sending";
    if (!goesOn || !targets.every(({ item }) => stillIn.has(item))) return undefined;
    const attempts = now.attempts + 1;
    const items = targets.map(({ item }) => item);
    const marked: Notice = { ...now, state: "sending", attempts, marked: { at, items } };
    unit.put(notices, [notice.id], marked);
    unit.put(writtenNotices, [notice.id], words);
    unit.record({
      kind: "notice.sending",
      subject: [...new Set(targets.map(({ report }) => report))],
      actor: "node",
      detail: { notice: notice.id, attempt: attempts, way: now.way },
    });
    return marked;
  });
}
