/**
 * The capture of a report as a durable job: everything hostile happens outside the unit, then one unit puts the whole
 * result in place of whatever was there. Killed in between, it runs again and finds the same items.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Capture } from "../capture/index.ts";
import type { Unit } from "../commit/index.ts";
import type { JobHandler } from "../jobs/index.ts";
import type { Context } from "./context.ts";
import { priorityOf } from "./queue.ts";
import { compact, countsOf, itemsOf, putItem, putReport, without } from "./reading.ts";
import { recognise } from "./recognise.ts";
import { itemIdOf } from "./references.ts";
import { items, reports, type Hosting, type Item, type Report } from "./records.ts";

export const captureJob = "casework.capture";

/** Registers the job. Whatever ends it, the report says so and a person can try again. */
export function registerCapture(context: Context): void {
  context.jobs.register<{ report: string }>(captureJob, captureHandler(context), {
    attempts: context.settings.captureAttempts,
    gaveUp: (unit, { report }, error) => putFailure(unit, report, error),
  });
}

function captureHandler(context: Context): JobHandler<{ report: string }> {
  return async ({ report: id }, { signal }) => {
    const report = await context.commit.get(reports, id);
    if (!report || !wantsCapture(report)) return undefined;
    const progress = trackProgress(context, id);
    try {
      const capture = await context.capture(report.url, { signal, onProgress: progress.update });
      return (unit) => putCapture(context, unit, id, capture);
    } catch (error) {
      signal.throwIfAborted();
      if (!isFinal(error)) throw error;
      return (unit) => putFailure(unit, id, error);
    } finally {
      progress.end();
    }
  };
}

/** Refusals that another attempt would meet again. */
function isFinal(error: unknown): boolean {
  const final = [
    "capture/internal-address",
    "capture/invalid-url",
    "capture/unsupported-scheme",
    "capture/redirects",
    "capture/too-large",
  ];
  return isWardlineError(error) && final.includes(error.code);
}

const wantsCapture = (report: Report) => report.state === "capturing" || report.recapture === true;

function trackProgress({ progress, commit, clock, settings }: Context, id: string) {
  let told = 0;
  return {
    update(at: { done: number; total: number }) {
      progress.set(id, at);
      if (clock.now() - told < settings.progressInterval) return;
      told = clock.now();
      void commit.run(async (unit) => unit.announce({ topic: "capture", id })).catch(() => undefined);
    },
    end: () => void progress.delete(id),
  };
}

async function putCapture(context: Context, unit: Unit, id: string, capture: Capture): Promise<void> {
  const report = await unit.get(reports, id);
  if (!report || !wantsCapture(report)) return;
  const before = await itemsOf(unit, id);
  const found = itemsFrom(capture, report, before);
  const all: Item[] = [];
  for (const item of found)
    all.push(putItem(unit, item.state === "open" ? await recognise(context, unit, report, item) : item));
  for (const gone of before) if (!all.some((item) => item.id === gone.id)) unit.delete(items, [id, gone.id]);
  const { pages, cut, hosting } = capture;
  const hasKnownBaseline = all.some((item) => item.known?.verdict === "baseline");
  const captured: Report = {
    ...without(report, "recapture"),
    state: stateAfter(report, all),
    priority: priorityOf(report, hasKnownBaseline),
    hosting: report.source === "member" && report.hosting ? report.hosting : hostingOf(hosting),
    pages: pages.map(({ url, status, images }) => ({ url, status, images })),
    capture: { done: all.length, total: all.length, ...noteOf(cut, all) },
    counts: countsOf(all),
    timestamps: { ...report.timestamps, captured: unit.now },
  };
  putReport(unit, captured);
  const { refused } = captured.counts;
  unit.record({
    kind: "capture.completed",
    subject: [id],
    actor: "node",
    detail: { pages: pages.length, items: all.length, refused },
  });
}

/** A page without anything to assess is a failed capture: a person retries or closes it. */
function stateAfter(report: Report, all: readonly Item[]): Report["state"] {
  if (all.some((item) => item.state === "open")) return "to-classify";
  if (report.source === "member") return report.state;
  return all.some((item) => item.state === "known") ? "to-classify" : "capture-failed";
}

/** What casework keeps of a trace; contacts and how the look-up went are asked again when they matter. */
function hostingOf({ host, address, country, provider, source, tracedAt }: Capture["hosting"]): Hosting {
  return compact({ host, address, country, provider, source, tracedAt });
}

function noteOf(cut: string | undefined, all: readonly Item[]): { note?: string } {
  if (cut !== undefined) return { note: cut };
  if (all.every((item) => item.state === "refused"))
    return { note: "No picture that can be assessed was found there." };
  return {};
}

/** What was captured as items, one for each place, in the order found. A file that a member told us of keeps its item and is now held here. */
function itemsFrom({ items: captured, refused }: Capture, report: Report, before: readonly Item[]): Item[] {
  const told = report.source === "member" ? before : [];
  const result: Item[] = [...told];
  const add = (item: Omit<Item, "position">) => {
    if (!result.some(({ id }) => id === item.id)) result.push({ ...item, position: result.length });
  };
  for (const { places, mime, bytes, width, height, digests, pdq, original, preview } of captured)
    for (const { url, foundOn } of places) {
      const held = { original, preview, width, height };
      const at = result.findIndex((item) => item.url === url && item.digests.sha256 === digests.sha256);
      const same = result[at];
      if (same) result[at] = { ...same, ...held };
      else
        add({
          ...blank(report.id, url, foundOn, digests.sha256),
          ...held,
          mime,
          bytes,
          digests: { ...digests, pdq: pdq.hash, quality: pdq.quality },
          state: "open",
        });
    }
  for (const { url, foundOn, code, message, sha256 = "", bytes } of refused)
    add({
      ...blank(report.id, url, foundOn, sha256),
      mime: "",
      bytes,
      state: "refused",
      refused: { code, message },
    });
  return result;
}

function blank(
  report: string,
  url: string,
  foundOn: string,
  sha256: string,
): Omit<Item, "position" | "mime" | "bytes" | "state"> {
  const id = itemIdOf(report, url, sha256);
  return {
    id,
    report,
    url,
    foundOn,
    kind: "image",
    digests: { sha256 },
    assessments: [],
    actions: [],
    online: "unknown",
  };
}

async function putFailure(unit: Unit, id: string, error: unknown): Promise<void> {
  const report = await unit.get(reports, id);
  if (!report || !wantsCapture(report)) return;
  const known = isWardlineError(error);
  const note = known ? error.message : "The site did not answer as a web site does.";
  const state = report.source === "member" ? report.state : "capture-failed";
  putReport(unit, { ...without(report, "recapture"), state, capture: { done: 0, total: 0, note } });
  const code = known ? error.code : "casework/capture-failed";
  unit.record({ kind: "capture.failed", subject: [id], actor: "node", detail: { code } });
}
