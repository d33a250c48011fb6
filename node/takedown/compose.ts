/** From a notice to its words: what casework knows of each item, said in XARF and in the contact's language. */
import { WardlineError } from "@wardline/protocol/encoding";
import { mapLabel } from "../jurisdiction/index.ts";
import type { Reader } from "../store/index.ts";
import { languageOf } from "./contacts.ts";
import type { Context } from "./context.ts";
import { writeNotice } from "./mail.ts";
import { notices, type Notice, type Target, type WrittenNotice } from "./records.ts";
import type { Xarf } from "./xarf-schema.ts";
import { xarfReport, type NoticedItem } from "./xarf.ts";

const xarfMapping = "wardline-core-to-xarf";

export type Draft = Pick<Notice, "id" | "contact" | "step" | "round" | "follows">;

export interface Composed {
  words: WrittenNotice;
  /** The targets that it tells: those that are still held to be illegal. */
  told: Target[];
}

/** @throws `takedown/cannot-compose`: what is known of an item does not fit a notice, however often it is tried */
export async function composeFor(
  context: Context,
  notice: Draft,
  targets: readonly Target[],
  at: number,
): Promise<Composed> {
  const { casework, commit, sender, texts } = context;
  const items: { item: NoticedItem; xarf: Xarf }[] = [];
  const references = new Set<string>();
  const told: Target[] = [];
  for (const target of targets) {
    const report = await casework.report(commit, target.report);
    const item = await noticedItem(context, target, at);
    if (!item) continue;
    told.push(target);
    references.add(report.reference);
    const entry = { item, xarf: written(() => xarfReport(notice.id, item, report.hosting ?? {}, sender)) };
    // An address that two reports name, or that shows several files, is told once, with the graver verdict.
    const same = items.findIndex((one) => one.item.url === item.url);
    if (same === -1) items.push(entry);
    else if (item.verdict === "baseline") items[same] = entry;
  }
  const [{ country, provider } = {}] = targets;
  const words = writeNotice({
    text: texts.choose({ language: languageOf(context, notice.contact, provider), country }),
    step: notice.step,
    round: notice.round,
    references: [...references],
    sender,
    items,
    ticket: await ticketOf(commit, notice),
  });
  return { words, told };
}

/** What the contact called the matter when it answered an earlier notice. */
async function ticketOf(reader: Reader, { follows }: Draft): Promise<string | undefined> {
  for (let id = follows; id !== undefined;) {
    const earlier: Notice | undefined = await reader.get(notices, id);
    if (earlier?.ticket !== undefined) return earlier.ticket;
    id = earlier?.follows;
  }
  return undefined;
}

/** Earlier notices to the same contact, the first one first. */
export async function threadOf(reader: Reader, { follows }: Draft): Promise<string[]> {
  const thread: string[] = [];
  for (let id = follows; id !== undefined; id = (await reader.get(notices, id))?.follows) thread.unshift(id);
  return thread;
}

function written(report: () => Xarf): Xarf {
  try {
    return report();
  } catch (cause) {
    throw new WardlineError("takedown/cannot-compose", "The notice cannot be written as an XARF report.", {
      advice: "Check the sender in the configuration and what the hosting look-up says, then approve again.",
      cause,
    });
  }
}

async function noticedItem(
  { casework, commit, jurisdictions, settings }: Context,
  target: Target,
  verifiedAt: number,
): Promise<NoticedItem | undefined> {
  const item = await casework.item(commit, target.item);
  const agreed = item && casework.agreed(await casework.report(commit, target.report), item);
  if (!item || item.kind === "archive" || !agreed || agreed.verdict === "not-illegal") return undefined;
  const said = item.assessments.filter((one) => one.verdict === agreed.verdict && !one.withdrawn);
  const mapped = mapLabel(jurisdictions.mapping(xarfMapping), agreed.verdict, said[0]?.facts);
  const { sha256, sha1, md5 } = item.digests;
  return {
    url: target.url,
    kind: item.kind,
    ...(settings.hashes && { digests: { sha256, ...(sha1 && { sha1 }), ...(md5 && { md5 }) } }),
    verdict: agreed.verdict,
    mapped,
    seen: said.some((one) => one.basis === "seen"),
    verifiedAt,
  };
}
