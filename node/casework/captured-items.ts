/** What a capture finds, as items of its report: written one by one, in the unit that marks each as done. */
import type { CapturedItem, CapturedPage, CaptureSink, RefusedItem } from "../capture/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Context } from "./context.ts";
import { blind } from "../store/index.ts";
import { putAcquisition, putArchive } from "./evidence/index.ts";
import { putItem, putReport } from "./reading.ts";
import { recognise } from "./recognise.ts";
import { itemIdOf } from "./references.ts";
import { items, reports, type Item, type Report } from "./records.ts";

/** Writes into a report what its capture finds. */
export function sinkFor(context: Context, id: string): CaptureSink {
  const tell = progressTeller(context, id);
  return {
    async page(unit, page) {
      const report = await unit.get(reports, id);
      if (!report) return;
      putReport(unit, { ...report, pages: withPage(report.pages, page) });
    },
    async item(unit, captured) {
      tell(unit);
      const report = await unit.get(reports, id);
      if (report) await takeItem(context, unit, report, captured);
    },
    async refused(unit, refused) {
      tell(unit);
      const report = await unit.get(reports, id);
      if (report) takeRefused(context, unit, report, refused);
    },
    async archived(unit, segment) {
      putArchive(unit, id, segment);
    },
  };
}

/** Screens hear of it now and then, with what is written anyway. */
function progressTeller({ clock, settings }: Context, id: string): (unit: Unit) => void {
  let told = 0;
  return (unit) => {
    if (clock.now() - told < settings.progressInterval) return;
    told = clock.now();
    unit.announce({ topic: "capture", id });
  };
}

/** A page that is read again after an interruption is the same page. */
function withPage(pages: Report["pages"], page: CapturedPage): Report["pages"] {
  return [...pages.filter(({ url }) => url !== page.url), page];
}

/** A file that a member told us of keeps its item, and is now held here. */
async function takeItem(context: Context, unit: Unit, report: Report, captured: CapturedItem): Promise<void> {
  const { url, foundOn, position, kind, name, mime, bytes, width, height, digests, pdq } = captured;
  const { original, preview, camera, duration, acquisition } = captured;
  const id = itemIdOf(report.id, url, digests.sha256);
  const before = (await unit.get(items, report.id, id)) ?? (await toldOf(unit, report, url, digests.sha256));
  const held = {
    original,
    ...(preview !== undefined && { preview }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(duration !== undefined && { duration }),
  };
  if (acquisition) putAcquisition(unit, report.id, before?.id ?? id, acquisition);
  if (before) return void putItem(unit, { ...before, ...held });
  const item: Item = {
    ...blank(report.id, id, url, foundOn),
    ...held,
    ...(camera !== undefined && { camera }),
    position: positionOf(context, report, position),
    kind,
    ...(name !== undefined && { name }),
    mime,
    bytes,
    digests: { ...digests, ...(pdq && { pdq: pdq.hash, quality: pdq.quality }) },
    state: "open",
  };
  putItem(unit, await weighed(context, unit, report, item, captured.unopened));
}

/** An archive is never looked into; a video that could not be opened can be recognised, and not be looked at. */
async function weighed(
  context: Context,
  unit: Unit,
  report: Report,
  item: Item,
  unopened: CapturedItem["unopened"],
): Promise<Item> {
  if (item.kind === "archive") return { ...item, state: "refused", refused: unopenedArchive };
  const matched = await recognise(context, unit, report, item);
  if (unopened === undefined || matched.state !== "open") return matched;
  return { ...matched, state: "refused", refused: unopened };
}

const unopenedArchive = {
  code: "casework/archive",
  message: "An archive: it is kept sealed with its digests and is never opened here.",
};

/** Items that another member told us of have ids of its own. */
async function toldOf(
  unit: Unit,
  { id, origin }: Report,
  url: string,
  sha256: string,
): Promise<Item | undefined> {
  if (!origin) return undefined;
  for await (const { value } of unit.list(items, { index: "sha256", prefix: [blind(sha256)] }))
    if (value.report === id && value.url === url) return value;
  return undefined;
}

/** Files that are found here come after those that a member told us of. */
const positionOf = ({ settings }: Context, { source }: Report, position: number) =>
  (source === "member" ? settings.mostItems : 0) + position;

function takeRefused(context: Context, unit: Unit, report: Report, refusedItem: RefusedItem): void {
  const { url, foundOn, position, code, message, sha256 = "", bytes, acquisition } = refusedItem;
  const id = itemIdOf(report.id, url, sha256);
  if (acquisition) putAcquisition(unit, report.id, id, acquisition);
  putItem(unit, {
    ...blank(report.id, id, url, foundOn),
    position: positionOf(context, report, position),
    kind: "image",
    mime: "",
    bytes,
    digests: { sha256 },
    state: "refused",
    refused: { code, message },
  });
}

const blank = (report: string, id: string, url: string, foundOn: string) => ({
  ...{ id, report, url, foundOn },
  assessments: [],
  actions: [],
  online: "unknown" as const,
});
