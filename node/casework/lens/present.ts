/** Adverts as the interface shows them: each with whose own look contradicts it, and what follows from all of them here. */
import type { z } from "zod";
import type { Advert } from "../../federation/index.ts";
import { blind, type Reader } from "../../store/index.ts";
import { activeMember, labelOf, type Context } from "../context.ts";
import { matchExactly } from "../matching.ts";
import { compact } from "../reading.ts";
import { items, reports } from "../records.ts";
import type { TakeOver } from "../rules.ts";
import type { advertisedFileView, advertView } from "../views.ts";
import { openDisputes, type Dispute } from "./disputes.ts";
import type { AdvertisedFile } from "./find.ts";

/** Places of one file in reports here that are listed. */
const MOST_ITEMS = 20;

export async function fileOf(
  context: Context,
  reader: Reader,
  { sha256, distance, adverts }: AdvertisedFile,
): Promise<z.infer<typeof advertisedFileView>> {
  const looks = adverts.filter((advert) => counts(context, advert));
  const disputes = await openDisputes(context, reader, sha256);
  const contacts = await lastContacts(context);
  const inOrder = adverts.toSorted((a, b) => a.record.at - b.record.at);
  return compact({
    sha256,
    distance,
    effect: effectOf(await matchExactly(context, reader, sha256)),
    adverts: await Promise.all(
      inOrder.map(async (advert) => ({
        ...advertOf(context, advert, looks, disputes),
        ...(await holdersOf(context, reader, advert, contacts)),
      })),
    ),
    items: await placesOf(reader, sha256),
  });
}

/** Whether the rules listen to it: a look of a member in good standing that still stands by it. */
function counts(context: Context, { author, record, withdrawn }: Advert): boolean {
  return record.basis === "seen" && !withdrawn && activeMember(context, author) !== undefined;
}

function effectOf(match: TakeOver) {
  return match.kind === "none"
    ? { kind: match.kind, sentence: "Nobody's own look stands: such a file is shown like any other." }
    : { kind: match.kind, sentence: match.sentence };
}

function advertOf(
  context: Context,
  { author, audience, record, withdrawn }: Advert,
  looks: readonly Advert[],
  disputes: readonly Dispute[],
): z.infer<typeof advertView> {
  const { id, verdict, facts, basis, derivedFrom, held, at } = record;
  const against = looks.filter((other) => other.author !== author && other.record.verdict !== verdict);
  const members = new Set(against.map((other) => other.author));
  return compact({
    record: id,
    member: labelOf(context, author),
    verdict,
    facts,
    basis,
    audience,
    from: derivedFrom && labelOf(context, derivedFrom.member),
    held,
    at,
    withdrawn: withdrawn?.at,
    disputes: disputes
      .filter((one) => one.record === id)
      .map((one) => ({
        ...{ id: one.id, verdict: one.verdict, reason: one.reason, at: one.at },
        member: labelOf(context, one.author),
      })),
    against: withdrawn ? [] : [...members].map((member) => labelOf(context, member)),
  });
}

async function lastContacts({ federation }: Context): Promise<ReadonlyMap<string, number | undefined>> {
  return new Map((await federation.membersView()).map(({ id, lastContact }) => [id, lastContact]));
}

/** Who has applied a withdrawal of ours. */
async function holdersOf(
  context: Context,
  reader: Reader,
  { author, withdrawn }: Advert,
  contacts: ReadonlyMap<string, number | undefined>,
): Promise<Pick<z.infer<typeof advertView>, "holders">> {
  if (!withdrawn || author !== context.self.id) return {};
  const holders = await context.federation.holdersOf(reader, withdrawn.feed, withdrawn.height);
  return {
    holders: holders.map(({ member, holds }) =>
      compact({ member: labelOf(context, member), applied: holds, lastContact: contacts.get(member) }),
    ),
  };
}

async function placesOf(reader: Reader, sha256: string) {
  const found: z.infer<typeof advertisedFileView>["items"] = [];
  const here = reader.list(items, { index: "sha256", prefix: [blind(sha256)], limit: MOST_ITEMS });
  for await (const { value } of here) {
    const report = await reader.get(reports, value.report);
    if (report) found.push({ item: value.id, report: report.id, reference: report.reference });
  }
  return found;
}
