/** From what is kept to what the API shows. */
import type { z } from "zod";
import type { Caller } from "../accounts/index.ts";
import type { Reader } from "../store/index.ts";
import { wantsCapture } from "./capture.ts";
import { labelOf, voicesFor, type Context } from "./context.ts";
import { draftsOf } from "./drafts.ts";
import { leaseAt } from "./leases.ts";
import { waitsWith } from "./mailboxes.ts";
import { placeOf } from "./queue.ts";
import { compact, itemsOf } from "./reading.ts";
import type { Action, Assessment, Draft, Item, Report } from "./records.ts";
import { agreedVerdict, type Voices } from "./rules.ts";
import type { actionView, assessmentView, itemView, reportDetail, reportSummary } from "./views.ts";

export type ReportSummary = z.infer<typeof reportSummary>;
export type ReportDetail = z.infer<typeof reportDetail>;
type ItemView = z.infer<typeof itemView>;

export function summaryOf(context: Context, report: Report): ReportSummary {
  const { id, reference, url, host, state, source, origin, counts, timestamps, hosting } = report;
  return compact({
    id,
    reference,
    url,
    host,
    state,
    source,
    origin: origin && { member: labelOf(context, origin.member), reference: origin.reference },
    country: hosting?.country,
    received: timestamps.received,
    place: placeOf(report),
    ...counts,
    lease: leaseAt(report, context.clock.now()),
  });
}

/** Everything of a report, with the caller's own drafts. */
export async function detailOf(
  context: Context,
  reader: Reader,
  report: Report,
  caller: Caller,
): Promise<ReportDetail> {
  const { hosting, route, timestamps, pages, capture, feedback, actions, moments = [], holds = [] } = report;
  const mine = await draftsOf(reader, report.id, caller.person.id);
  const all = await itemsOf(reader, report.id);
  const voices = voicesFor(context, report);
  const label = (id: string) => labelOf(context, id);
  const deliveries = await context.federation.deliveriesAbout(reader, report.id);
  return compact({
    ...summaryOf(context, report),
    hosting,
    route:
      route &&
      compact({
        member: route.member === undefined ? undefined : label(route.member),
        sentence: route.sentence,
        decision: route.decision,
      }),
    abuseContact: hosting && (await context.contact(reader, hosting, report.id)),
    timestamps,
    moments,
    holds,
    itemList: all.map((item) => viewOf(context, voices, item, mine.get(item.id))),
    pages: pages.map(({ screenshot, ...page }) => ({ ...page, screenshot: screenshot !== undefined })),
    actions: actions.map((action) => actionOf(context, action)),
    capture: { ...capture, ...(await runningCapture(context, reader, report)) },
    deliveries: deliveries.map((delivery) => {
      const { statement, type, to, state, detail, at } = delivery;
      const place = waitsWith(context, delivery);
      return compact({ statement, type, to: label(to), state, detail, place, at });
    }),
    feedback: feedback.map(({ member, ...answer }) => ({ ...answer, member: label(member) })),
  });
}

/** How far it is while it runs: what it found so far may lead to more. */
async function runningCapture({ captures }: Context, reader: Reader, report: Report) {
  const progress = wantsCapture(report) ? await captures.progress(reader, report.id) : undefined;
  return progress && { done: progress.items.done, total: progress.items.found };
}

function viewOf(context: Context, voices: Voices, item: Item, draft: Draft | undefined): ItemView {
  const {
    id,
    url,
    foundOn,
    kind,
    name,
    mime,
    bytes,
    width,
    height,
    duration,
    state,
    refused,
    known,
    near,
    online,
    digests,
  } = item;
  const agreed = agreedVerdict(item.assessments, voices);
  return compact({
    id,
    report: item.report,
    url,
    foundOn,
    kind,
    name,
    mime,
    bytes,
    width,
    height,
    duration,
    state,
    refused,
    known: known && {
      member: labelOf(context, known.member),
      verdict: known.verdict,
      sentence: known.sentence,
    },
    near: near && { ...near, member: labelOf(context, near.member) },
    agreed,
    draft: draft && { verdict: draft.verdict, facts: draft.facts },
    assessments: item.assessments.filter((one) => !one.withdrawn).map((one) => assessmentOf(context, one)),
    actions: item.actions.map((action) => actionOf(context, action)),
    online,
    held: item.original !== undefined,
    sha256: digests.sha256,
  });
}

function assessmentOf(
  context: Context,
  { id, author, pseudonym, verdict, facts, basis, at }: Assessment,
): z.infer<typeof assessmentView> {
  return { id, author: labelOf(context, author), pseudonym, verdict, facts, basis, at };
}

function actionOf(context: Context, { kind, by, at, detail }: Action): z.infer<typeof actionView> {
  return compact({ kind, by: labelOf(context, by), at, detail });
}
