/** A URL becomes a report, and its capture a durable job, in one unit. */
import type { Unit } from "../commit/index.ts";
import { blind, type Reader } from "../store/index.ts";
import { putAccess, type Access } from "./access.ts";
import { captureJob } from "./capture.ts";
import type { Context } from "./context.ts";
import { priorityOf } from "./queue.ts";
import { putReport } from "./reading.ts";
import { newId, nextReference } from "./references.ts";
import { reports, type Report } from "./records.ts";
import { reportUrl } from "./url.ts";

export interface Filing {
  url: string;
  source: "public" | "analyst";
  note?: string | undefined;
  /** What the reporter gave to get at the content. */
  access?: Access | undefined;
  /** `public`, or `person:<pseudonym>` made for the report's id. */
  actor: string | ((report: string) => string);
}

export interface Filed {
  id: string;
  reference: string;
  /** The URL belongs to a report that is still open: it was linked to it. */
  linked: boolean;
}

/**
 * Files a report. The same URL in an open report of our own is linked to that one instead.
 * @throws what `reportUrl` throws
 */
export async function fileReport(context: Context, unit: Unit, filing: Filing): Promise<Filed> {
  const address = reportUrl(filing.url);
  const open = await openReportOf(unit, address.canonical);
  if (open) return fileAgain(unit, open, filing);
  const id = newId(context.random);
  putAccess(unit, id, filing.access);
  const { source, note } = filing;
  const report: Report = {
    id,
    reference: await nextReference(unit, context.self.country),
    ...address,
    source,
    ...(note !== undefined && { note }),
    filings: 1,
    state: "capturing",
    priority: priorityOf({ source }, false),
    timestamps: { received: unit.now },
    pages: [],
    capture: { done: 0, total: 0 },
    counts: { items: 0, open: 0, known: 0, refused: 0 },
    actions: [],
    feedback: [],
  };
  putReport(unit, report);
  context.jobs.schedule(unit, { kind: captureJob, id, payload: { report: id } });
  unit.record({
    kind: "report.received",
    subject: [id],
    actor: actorOf(filing, id),
    detail: { reference: report.reference, source },
  });
  return { id, reference: report.reference, linked: false };
}

function fileAgain(unit: Unit, report: Report, filing: Filing): Filed {
  putAccess(unit, report.id, filing.access);
  putReport(unit, { ...report, filings: report.filings + 1 });
  unit.record({
    kind: "report.filed-again",
    subject: [report.id],
    actor: actorOf(filing, report.id),
    detail: { source: filing.source },
  });
  return { id: report.id, reference: report.reference, linked: true };
}

async function openReportOf(reader: Reader, canonical: string): Promise<Report | undefined> {
  for await (const { value } of reader.list(reports, { index: "canonical", prefix: [blind(canonical)] }))
    if (value.source !== "member" && value.state !== "closed" && value.state !== "removed") return value;
  return undefined;
}

const actorOf = ({ actor }: Filing, id: string) => (typeof actor === "string" ? actor : actor(id));
