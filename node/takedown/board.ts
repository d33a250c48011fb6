/** The takedown board: everything that is ours to get removed, the oldest first; and the contacts that wait for a person. */
import type { z } from "zod";
import type { Report } from "../casework/index.ts";
import { blind } from "../store/index.ts";
import { cases, type Case } from "./cases.ts";
import { candidates } from "./contacts.ts";
import type { Context } from "./context.ts";
import { openNotice } from "./enqueue.ts";
import { contacts, notices, watches, type Notice, type ReportWatch } from "./records.ts";
import type { takedownRow, waitingContact } from "./views.ts";

type Row = z.infer<typeof takedownRow>;
type Waiting = z.infer<typeof waitingContact>;

interface Page<T> {
  rows: T[];
  /** Give it as `after` for the next page; absent on the last. */
  next?: string;
}
export interface PageQuery {
  after?: string | undefined;
  limit: number;
}

export const board = (context: Context, query: PageQuery): Promise<Page<Row>> =>
  page(context, "open", query, rowOf);
export const waitingContacts = (context: Context, query: PageQuery): Promise<Page<Waiting>> =>
  page(context, "asking", query, waitingOf);

async function page<T>(
  context: Context,
  index: "open" | "asking",
  { after, limit }: PageQuery,
  show: (context: Context, one: Case, report: Report) => Promise<T>,
): Promise<Page<T>> {
  const { casework, commit } = context;
  const rows: T[] = [];
  let last: string | undefined;
  for await (const { value, cursor } of commit.list(cases, {
    index,
    limit: limit + 1,
    ...(after && { after }),
  })) {
    if (rows.length === limit) return { rows, ...(last !== undefined && { next: last }) };
    rows.push(await show(context, value, await casework.report(commit, value.report)));
    last = cursor;
  }
  return { rows };
}

const hosted = ({ since }: Case, { id, reference, host, hosting }: Report) => ({
  report: { id, reference },
  host,
  provider: hosting?.provider,
  country: hosting?.country,
  since,
});

async function waitingOf(context: Context, one: Case, report: Report): Promise<Waiting> {
  const { step = "provider", why = "first", since = one.since } = one.asking ?? {};
  const known = report.hosting ? candidates(context, report.hosting, step) : [];
  const shown = known.map(async ({ address, source }) => {
    const contact = await context.commit.get(contacts, blind(address));
    const undeliverable = contact?.undeliverable !== undefined;
    return { address, source, approved: contact !== undefined && !undeliverable, undeliverable };
  });
  return { ...hosted(one, report), step, why, asked: since, candidates: await Promise.all(shown) };
}

async function rowOf(context: Context, one: Case, report: Report): Promise<Row> {
  const { commit } = context;
  const open = await openNotice(commit, report.id);
  const watch = await commit.get(watches, report.id);
  const last = await lastSent(context, report.id);
  const held = await context.held(commit, report.id);
  const step = open?.step ?? one.asking?.step ?? watch?.step ?? "provider";
  return {
    ...hosted(one, report),
    step,
    contact: open?.contact ?? watch?.contact,
    round: open?.round ?? watch?.rounds ?? 0,
    sentAt: last?.sentAt,
    acknowledged: report.timestamps.providerAcknowledged,
    ...whatNext(context, { one, open, watch, held }),
  };
}

async function lastSent({ commit }: Context, report: string): Promise<Notice | undefined> {
  for await (const { value } of commit.list(notices, { index: "report", prefix: [report], reverse: true }))
    if (value.state === "sent") return value;
  return undefined;
}

interface Standing {
  one: Case;
  open: Notice | undefined;
  watch: ReportWatch | undefined;
  held: boolean;
}

function whatNext({ settings }: Context, { one, open, watch, held }: Standing): Pick<Row, "state" | "next"> {
  if (open?.state === "to-send") return { state: "to-send", next: { what: "send-by-hand" } };
  if (open?.state === "sending") return { state: "sending", next: { what: "send", at: open.sendAt } };
  if (open)
    return { state: held ? "held" : "waiting", next: { what: "send", ...(!held && { at: open.sendAt }) } };
  if (one.asking) return { state: held ? "held" : "to-approve", next: { what: "approve" } };
  if (watch?.lastNotice === undefined) return { state: "notified", next: { what: "look" } };
  const most = settings.ladder.find(({ to }) => to === watch.step)?.notices ?? 1;
  const what = watch.rounds < most ? "remind" : "escalate";
  return { state: "notified", next: { what, at: watch.lastNotice + settings.repeatAfter } };
}
