/** A person approves a notice: its contact, and that these items are told. It leaves after the grouping window. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../accounts/index.ts";
import { derivedId, type Item, type Report } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { blind, type Reader } from "../store/index.ts";
import { approveContact, contactAddress } from "./contacts.ts";
import type { Context } from "./context.ts";
import { notices, type Notice, type Target } from "./records.ts";
import { isFetchable, isSameHosting, traceHosts, tracedOf, type Traces } from "./tracing.ts";

export const sendJob = "takedown.send";

export interface Approved {
  notice: string;
  state: Notice["state"];
  sendAt: number;
}

/**
 * Approves the notice of a report. Where it is hosted is looked up first, by ourselves: another member's trace, or an old
 * one, is not enough to write to a provider. Approving again answers with the notice that exists.
 * @throws `takedown/not-hosted-here`, `takedown/hosted-elsewhere` (after routing it anew), `takedown/nothing-to-notify`,
 * `takedown/invalid-contact`
 */
export async function approveNotice(
  context: Context,
  id: string,
  contact: string,
  caller: Caller,
): Promise<Approved> {
  const { commit, casework } = context;
  const address = contactAddress(contact);
  const { url } = await casework.report(commit, id);
  const items = await casework.itemsOf(commit, id);
  const traces = await traceHosts(context, [url, ...items.filter(isIllegal).map(addressOf)]);
  const result = await commit.run((unit) => approveTraced(context, unit, id, address, traces, caller));
  if (result) return result;
  throw new WardlineError(
    "takedown/hosted-elsewhere",
    "The URL is hosted in another country now; the report was routed anew.",
    {
      advice: "Look at the report again: it says who deals with it.",
    },
  );
}

const isIllegal = (item: Item) => item.assessments.some((one) => one.verdict !== "not-illegal");

async function approveTraced(
  context: Context,
  unit: Unit,
  id: string,
  contact: string,
  traces: Traces,
  caller: Caller,
): Promise<Approved | undefined> {
  const { casework, federation } = context;
  const earlier = await newestNotice(unit, id);
  const before = await casework.report(unit, id);
  if (earlier && (before.state !== "to-notify" || earlier.state === "waiting" || earlier.state === "sending"))
    return shown(earlier);
  checkState(before);
  const traced = tracedOf(traces, before.url);
  const hosting = traced && traced.source !== "unknown" ? traced : before.hosting;
  const report = await casework.change(unit, id, (now) => ({ ...now, ...(hosting && { hosting }) }));
  if (casework.competent(report).member !== federation.self.id) {
    await casework.reroute(unit, id);
    return undefined;
  }
  const targets = await targetsOf(context, unit, report, traces);
  const pseudonym = caller.pseudonymFor(id);
  await approveContact(unit, contact, id, pseudonym);
  unit.record({
    kind: "notice.approved",
    subject: [id],
    actor: `person:${pseudonym}`,
    detail: { items: targets.length },
  });
  const notice = await enqueue(context, unit, { contact, round: 1, targets });
  await casework.change(unit, id, (now) => ({
    ...now,
    route: { ...now.route, sentence: "Approved; the notice leaves with others to the same provider." },
  }));
  return shown(notice);
}

/** Items that may be acted on and are with the same provider as the page; what lies elsewhere is another notice. */
async function targetsOf(
  { casework }: Context,
  unit: Unit,
  report: Report,
  traces: Traces,
): Promise<Target[]> {
  const items = await casework.actionable(unit, report, await casework.itemsOf(unit, report.id));
  const here = items.filter(
    (item) =>
      item.online !== "offline" &&
      isFetchable(addressOf(item)) &&
      isSameHosting(report.hosting, tracedOf(traces, addressOf(item))),
  );
  if (here.length > 0) return here.map((item) => targetOf(report, item));
  throw new WardlineError("takedown/nothing-to-notify", "No item of this report may be acted on yet.", {
    advice: "Look at an item and give it a verdict of your own, or wait until a second member has looked.",
  });
}

function checkState({ state }: Report): void {
  if (state === "to-notify") return;
  throw new WardlineError("takedown/not-hosted-here", "There is no notice to approve for this report.", {
    advice: "A notice is sent by the hotline of the hosting country, once every item has a verdict.",
    details: { state },
  });
}

export function targetOf(report: Report, item: Item): Target {
  const { country, provider } = report.hosting ?? {};
  const { id, foundOn, digests } = item;
  return {
    report: report.id,
    item: id,
    // In its one form: what a member wrote may hold line breaks, and stands in the mail's text.
    url: new URL(addressOf(item)).href,
    sha256: digests.sha256,
    foundOn,
    ...(digests.pdq !== undefined && { picture: { pdq: digests.pdq, quality: digests.quality ?? 0 } }),
    ...(isEmbedded(item) && { embedded: true }),
    ...(country && { country }),
    ...(provider && { provider }),
  };
}

/** A picture that is written into its page has no address of its own. */
const isEmbedded = ({ url }: Item) => url.startsWith("data:");
const addressOf = (item: Item) => (isEmbedded(item) ? item.foundOn : item.url);

/** Adds to the notice to this contact that still waits, or begins one; only first notices are grouped. */
export async function enqueue(
  context: Context,
  unit: Unit,
  { contact, round, targets }: { contact: string; round: number; targets: Target[] },
): Promise<Notice> {
  const { groupingWindow, mostTargets } = context.settings;
  const open = round === 1 ? await waitingFor(unit, contact) : undefined;
  if (open && open.targets.length + targets.length <= mostTargets) {
    const grown = grow(open, targets);
    unit.put(notices, [open.id], grown);
    announceAll(unit, grown);
    return grown;
  }
  const reports = [...new Set(targets.map((target) => target.report))];
  const sendAt = unit.now + (round === 1 ? groupingWindow : 0);
  // The id follows from what it is about: the same step taken twice makes one notice.
  const id = derivedId("notice", contact, String(round), String(unit.now), ...reports);
  const notice: Notice = {
    id,
    contact,
    round,
    reports,
    targets,
    state: "waiting",
    created: unit.now,
    sendAt,
    attempts: 0,
  };
  unit.put(notices, [id], notice);
  context.jobs.schedule(unit, { kind: sendJob, id, at: sendAt, payload: { notice: id } });
  announceAll(unit, notice);
  return notice;
}

async function waitingFor(unit: Unit, contact: string): Promise<Notice | undefined> {
  for await (const { value } of unit.list(notices, { index: "waiting", prefix: [blind(contact)] }))
    if (value.round === 1 && value.sendAt > unit.now) return value;
  return undefined;
}

function grow(notice: Notice, targets: readonly Target[]): Notice {
  const added = targets.filter((target) => !notice.targets.some((one) => one.item === target.item));
  const all = [...notice.targets, ...added];
  return { ...notice, targets: all, reports: [...new Set(all.map((target) => target.report))] };
}

async function newestNotice(reader: Reader, report: string): Promise<Notice | undefined> {
  for await (const { value } of reader.list(notices, {
    index: "report",
    prefix: [report],
    reverse: true,
    limit: 1,
  }))
    return value;
  return undefined;
}

const announceAll = (unit: Unit, { reports }: Notice) =>
  reports.forEach((id) => unit.announce({ topic: "notice", id }));
const shown = ({ id, state, sendAt }: Notice): Approved => ({ notice: id, state, sendAt });
