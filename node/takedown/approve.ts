/** A person approves a notice: its contact, and that these items are told. It leaves after the grouping window. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../accounts/index.ts";
import type { Item, Report } from "../casework/index.ts";
import type { Unit } from "../commit/index.ts";
import { blind, type Reader } from "../store/index.ts";
import { answered, cases } from "./cases.ts";
import { approveContact, contactAddress } from "./contacts.ts";
import type { Context } from "./context.ts";
import { enqueue, noticesOf, openNotice, takeOut } from "./enqueue.ts";
import { contacts, watches, type LadderStep, type Notice } from "./records.ts";
import { addressOf, targetsOf } from "./targets.ts";
import { traceHosts, tracedOf, type Traces } from "./tracing.ts";

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
  const address = contactAddress(contact);
  const traces = await tracesOf(context, id);
  const result = await context.commit.run((unit) =>
    approveTraced(context, unit, id, address, traces, caller),
  );
  if (result) return result;
  throw new WardlineError(
    "takedown/hosted-elsewhere",
    "The URL is hosted in another country now; the report was routed anew.",
    {
      advice: "Look at the report again: it says who deals with it.",
    },
  );
}

/** Of the page, and of what is illegal on it. */
export async function tracesOf(context: Context, id: string): Promise<Traces> {
  const { commit, casework } = context;
  const { url } = await casework.report(commit, id);
  const items = await casework.itemsOf(commit, id);
  return traceHosts(context, [url, ...items.filter(isIllegal).map(addressOf)]);
}

const isIllegal = (item: Item) => item.assessments.some((one) => one.verdict !== "not-illegal");

/** Where a notice to this contact would stand on the ladder: what was asked for, and how often it was told before. */
export async function placeOf(
  reader: Reader,
  report: string,
  contact: string,
): Promise<{ step: LadderStep; round: number }> {
  const asking = (await reader.get(cases, report))?.asking;
  const watch = await reader.get(watches, report);
  const again = watch?.contact === contact ? watch : undefined;
  return { step: again?.step ?? asking?.step ?? "provider", round: (again?.rounds ?? 0) + 1 };
}

async function approveTraced(
  context: Context,
  unit: Unit,
  id: string,
  contact: string,
  traces: Traces,
  caller: Caller,
): Promise<Approved | undefined> {
  const { casework, federation } = context;
  const before = await casework.report(unit, id);
  const earlier = await openNotice(unit, id);
  // What a person has not sent by hand may go another way instead.
  const otherWay = earlier?.state === "to-send" && earlier.contact !== contact;
  const answer = otherWay ? undefined : (earlier ?? (await sentAlready(unit, before)));
  if (answer) return shown(answer);
  checkState(before, otherWay);
  if (otherWay) await takeOut(context, unit, id, "another contact was approved instead.");
  const traced = tracedOf(traces, before.url);
  const moved = traced !== undefined && (await casework.traced(unit, id, traced));
  const report = await casework.report(unit, id);
  if (casework.competent(report).member !== federation.self.id) {
    if (!moved) await casework.reroute(unit, id);
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
  const notice = await enqueue(context, unit, { contact, ...(await placeOf(unit, id, contact)), targets });
  await answered(unit, id);
  await casework.change(unit, id, (now) => ({
    ...now,
    route: { ...now.route, sentence: approvedSentence(notice) },
  }));
  return shown(notice);
}

/** Told already, and nobody asked for another contact. */
async function sentAlready(reader: Reader, { id, state }: Report): Promise<Notice | undefined> {
  if (state === "to-notify") return undefined;
  for await (const { value } of noticesOf(reader, id)) return value;
  return undefined;
}

const approvedSentence = ({ way }: Notice) =>
  way === "hand"
    ? "Approved; the notice will be written for a person to send through the contact's form."
    : "Approved; the notice leaves with others to the same provider.";

function checkState({ state }: Report, otherWay: boolean): void {
  if (state === "to-notify" || otherWay) return;
  throw new WardlineError("takedown/not-hosted-here", "There is no notice to approve for this report.", {
    advice: "A notice is sent by the hotline of the hosting country, once every item has a verdict.",
    details: { state },
  });
}

/** Whether a contact may be used without asking a person: it was approved before, and nothing has bounced since. */
export async function isApproved(reader: Reader, contact: string): Promise<boolean> {
  const known = await reader.get(contacts, blind(contact));
  return known !== undefined && !known.undeliverable;
}

const shown = ({ id, state, sendAt }: Notice): Approved => ({ notice: id, state, sendAt });
