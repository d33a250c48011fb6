/** Reports and verdicts of other members. Only what an author says in its own name counts: nobody speaks for another. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf, SharedItem } from "@wardline/protocol/statements";
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import { priorityOf } from "./queue.ts";
import { compact, countsOf, findItem, itemsOf, putItem, putReport, requireReport } from "./reading.ts";
import { recognise } from "./recognise.ts";
import { nextReference } from "./references.ts";
import {
  reports,
  type Assessment,
  type Hosting,
  type Item,
  type Report,
  type SharedAssessment,
} from "./records.ts";
import { route } from "./settle.ts";

export interface Received {
  report: Report;
  /** Items that are new with this statement. */
  added: Item[];
  isNew: boolean;
}

/** Most verdicts kept of one item: more than any honest history has. */
const mostAssessments = 64;

/**
 * Takes a forwarded report in. A second statement about the same report (a long list in parts) adds its items; the same
 * one again changes nothing. `added` are the items that are new with it.
 * @throws `casework/report-id-taken`, `casework/item-id-taken`: an id that belongs to somebody else's report;
 * `casework/too-many-items`: more than a report may hold (setting `mostItems`)
 */
export async function receiveReport(
  context: Context,
  unit: Unit,
  from: string,
  payload: PayloadOf<"report.forward">,
): Promise<Received> {
  const { id } = payload.report;
  const before = await unit.get(reports, id);
  if (before && before.origin?.member !== from) throw taken("report");
  const report = before ?? (await newReport(context, unit, from, payload));
  const had = before ? await itemsOf(unit, id) : [];
  const added: Item[] = [];
  for (const shared of payload.items) {
    if (had.some((item) => item.id === shared.id)) continue;
    if (await findItem(unit, shared.id)) throw taken("item");
    if (had.length + added.length >= context.settings.mostItems) throw tooManyItems(context);
    const item = itemFrom(report, from, shared, had.length + added.length);
    added.push(putItem(unit, withOwnLook(item, await recognise(context, unit, report, item))));
  }
  if (before && added.length === 0) return { report, added, isNew: false };
  const all = [...had, ...added];
  const now = putReport(unit, { ...report, counts: countsOf(all) });
  const detail = {
    reference: report.reference,
    member: from,
    theirs: payload.report.reference,
    items: added.length,
  };
  unit.record({ kind: before ? "report.extended" : "report.received", subject: [id], actor: from, detail });
  return { report: await route(context, unit, now, all), added, isNew: before === undefined };
}

/** It came with a verdict, so it is classified, whatever matching said; a look of ours counts beside theirs. */
function withOwnLook(item: Item, matched: Item): Item {
  return { ...item, assessments: matched.assessments, ...(matched.near && { near: matched.near }) };
}

async function newReport(
  context: Context,
  unit: Unit,
  from: string,
  payload: PayloadOf<"report.forward">,
): Promise<Report> {
  const { report, url, capturedAt, hosting, note } = payload;
  return {
    id: report.id,
    reference: await nextReference(unit, context.self.country),
    url,
    canonical: URL.canParse(url) ? new URL(url).href : url,
    host: hosting.host,
    source: "member",
    origin: { member: from, reference: report.reference },
    ...(note !== undefined && { note }),
    filings: 1,
    state: "classified",
    priority: priorityOf({ source: "member" }, false),
    hosting: hostingFrom(hosting),
    // The clocks run from our own receipt; what happened before it is told by the sender.
    timestamps: { received: unit.now, captured: capturedAt, ...assessedAt(payload) },
    pages: [],
    capture: { done: 0, total: 0 },
    counts: { items: 0, open: 0, known: 0, refused: 0 },
    actions: [],
    feedback: [],
  };
}

/** The newest verdict that came with it. */
function assessedAt({ items }: PayloadOf<"report.forward">): { assessed?: number } {
  const times = items.flatMap((item) => item.assessments.map((one) => one.at));
  return times.length > 0 ? { assessed: Math.max(...times) } : {};
}

function hostingFrom({
  host,
  address,
  country,
  asn,
  provider,
  cdn,
  source,
  tracedAt,
}: PayloadOf<"report.forward">["hosting"]): Hosting {
  const hidden = cdn && compact({ name: cdn.name, country: cdn.country });
  return compact({ host, address, country, asn, provider, cdn: hidden, source, tracedAt });
}

function itemFrom(report: Report, from: string, shared: SharedItem, position: number): Item {
  const { id, url, foundOn, kind, mime, bytes, width, height, held } = shared;
  const { sha256, sha1, md5, pdq, quality } = shared.digests;
  return compact({
    id,
    report: report.id,
    position,
    url,
    foundOn,
    kind,
    mime,
    bytes,
    width,
    height,
    digests: compact({ sha256, sha1, md5, pdq, quality }),
    state: "classified",
    assessments: spokenBy(from, shared.assessments),
    actions: [],
    online: "unknown",
    heldElsewhere: held,
  } satisfies Item);
}

const spokenBy = (author: string, said: readonly SharedAssessment[]): Assessment[] =>
  said.filter((one) => one.author === author);

/**
 * Adds what a member says of items of a report that it shares with us; what is known already changes nothing.
 * Nobody re-assesses after an action: such a verdict is kept, and the actions stand.
 * @throws `casework/no-such-report`, `casework/not-your-report`
 */
export async function receiveAssessments(
  unit: Unit,
  from: string,
  payload: PayloadOf<"assessment.share">,
): Promise<void> {
  const report = await requireReport(unit, payload.report.id);
  checkShared(report, from);
  let added = 0;
  const all = await itemsOf(unit, report.id);
  for (const { item: id, sha256, assessment } of payload.assessments) {
    const item = all.find((one) => one.id === id && one.digests.sha256 === sha256);
    const news =
      item && assessment.author === from && !item.assessments.some((one) => one.id === assessment.id);
    if (!item || !news || item.assessments.length >= mostAssessments) continue;
    putItem(unit, { ...item, assessments: [...item.assessments, assessment] });
    added += 1;
  }
  if (added === 0) return;
  putReport(unit, report);
  unit.record({
    kind: "assessment.received",
    subject: [report.id],
    actor: from,
    detail: { member: from, items: added },
  });
}

/** A report is shared with whoever sent it and whoever it was sent to. @throws `casework/not-your-report` */
export function checkShared(report: Report, member: string): void {
  if (report.origin?.member === member || report.route?.member === member) return;
  throw new WardlineError(
    "casework/not-your-report",
    "This report is not shared with the member that speaks about it.",
  );
}

const tooManyItems = ({ settings }: Context) =>
  new WardlineError("casework/too-many-items", `A report holds at most ${settings.mostItems} items here.`, {
    advice: "Forward the rest as another report.",
  });

const taken = (what: "report" | "item") =>
  new WardlineError(`casework/${what}-id-taken`, `The ${what} id belongs to another report here.`, {
    advice: "Use a fresh random id for every report.",
  });
