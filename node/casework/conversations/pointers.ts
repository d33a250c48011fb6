/**
 * What a message points at: reports, items, hash records, notices and material, by name alone. Who writes chooses among what
 * is known here of the matter; who reads gets a link to the own record of it, where there is one.
 */
import type { z } from "zod";
import type { Reader } from "../../store/index.ts";
import { blind } from "../../store/index.ts";
import { labelOf, type Context, type Place } from "../context.ts";
import { itemsOf } from "../reading.ts";
import { items, reports } from "../records.ts";
import type { messageReferenceView, pointerView } from "../views.ts";
import type { MessageReference } from "./collections.ts";
import { findMatter, matterViewOf } from "./matters.ts";

type Shown = z.infer<typeof messageReferenceView>;

/** As many as a person looks through; of a larger report the rest is named by its SHA-256. */
const MOST_OFFERED = 200;

/** What a message about this report can point at, as far as it is known here. */
export async function pointersFor(
  context: Context,
  reader: Reader,
  report: string,
): Promise<z.infer<typeof pointerView>[]> {
  const matter = await findMatter(context, reader, report);
  if (!matter) return [];
  const offered: MessageReference[] = [
    { kind: "report", report: matter.report },
    ...(await noticesOf(context, reader, report)),
    ...(await itemsAndAdverts(context, reader, report)),
  ];
  for (const source of context.pointers) offered.push(...(await source.offered(reader, report)));
  const first = offered.slice(0, MOST_OFFERED);
  return Promise.all(
    first.map(async (reference) => ({
      reference,
      shown: await referenceOf(context, reader, reference, report),
    })),
  );
}

/** The notice of this organisation, or of the member that deals with the report. */
async function noticesOf({ self }: Context, reader: Reader, id: string): Promise<MessageReference[]> {
  const report = await reader.get(reports, id);
  const sentAt = report?.timestamps.noticeSent;
  if (!report || sentAt === undefined) return [];
  const { reference, route } = report;
  return [{ kind: "notice", by: route?.member ?? self.id, report: { id, reference }, sentAt }];
}

async function itemsAndAdverts(
  { federation }: Context,
  reader: Reader,
  report: string,
): Promise<MessageReference[]> {
  const offered: MessageReference[] = [];
  for (const { digests } of await itemsOf(reader, report)) {
    const { sha256 } = digests;
    if (sha256 === "") continue;
    offered.push({ kind: "item", sha256 });
    for (const { author, record } of await federation.adverts(reader, sha256))
      offered.push({ kind: "advert", author, record: record.id, sha256 });
    if (offered.length >= MOST_OFFERED) break;
  }
  return offered;
}

/** A reference, in a message about that report, as views show it. */
export async function referenceOf(
  context: Context,
  reader: Reader,
  reference: MessageReference,
  about: string,
): Promise<Shown> {
  const place = await placeOf(context, reader, reference, about);
  return { ...(await named(context, reader, reference)), ...(place && { place }) };
}

async function named(context: Context, reader: Reader, reference: MessageReference): Promise<Shown> {
  const { kind } = reference;
  switch (kind) {
    case "report":
      return { kind, report: await matterViewOf(context, reader, reference.report) };
    case "notice": {
      const { by, sentAt } = reference;
      const report = await matterViewOf(context, reader, reference.report);
      return { kind, report, author: labelOf(context, by), sentAt };
    }
    case "advert":
      return { kind, sha256: reference.sha256, author: labelOf(context, reference.author) };
    case "item":
    case "material":
      return { kind, sha256: reference.sha256 };
  }
}

async function placeOf(
  context: Context,
  reader: Reader,
  reference: MessageReference,
  about: string,
): Promise<Place | undefined> {
  const { federation, pointers } = context;
  if (reference.kind === "report" || reference.kind === "notice") {
    const matter = await findMatter(context, reader, reference.report.id);
    return matter && { where: matter.where, id: matter.id };
  }
  if (reference.kind === "advert") {
    const { author, record, sha256 } = reference;
    return (await federation.advert(reader, author, record)) && { where: "advert", id: sha256 };
  }
  if (reference.kind === "item") {
    const index = { index: "sha256", prefix: [blind(reference.sha256)], limit: 1 };
    for await (const { value } of reader.list(items, index)) return { where: "report", id: value.report };
  }
  for (const source of pointers) {
    const place = await source.place(reader, reference, about);
    if (place) return place;
  }
  const isAdvertised =
    reference.kind === "item" && (await federation.adverts(reader, reference.sha256)).length > 0;
  return isAdvertised ? { where: "advert", id: reference.sha256 } : undefined;
}
