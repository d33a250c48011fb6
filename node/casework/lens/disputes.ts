/**
 * Disputes: "we looked and see it differently", said to every member that holds the verdict. While one is open, nothing
 * is taken over from the disputed record anywhere; people decide. Only who opened a dispute ends it.
 */
import type { AdvertRecord, Audience } from "@wardline/protocol/adverts";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Verdict } from "@wardline/protocol/vocabulary";
import type { Unit } from "../../commit/index.ts";
import { blind, defineCollection, type Reader } from "../../store/index.ts";
import { activeMember, type Context } from "../context.ts";

export interface Dispute {
  id: string;
  /** The member that disputes. */
  author: string;
  /** The disputed record, and the file that it is about. */
  record: string;
  sha256: string;
  /** What its author saw. */
  verdict: Verdict;
  reason: string;
  state: "opened" | "withdrawn" | "agreed";
  at: number;
  /** Of one of ours: whom we told, and tell when it ends. */
  told?: string[];
  /** Of one of ours: its record, for members that join later, and the audience of the feed it is in. */
  published?: { audience: Audience; record: AdvertRecord };
}

/** Key: id. Ended ones stay, so that a statement that comes late opens nothing again. */
export const disputes = defineCollection<Dispute>("casework.disputes", {
  indexes: {
    sha256: ({ state, sha256 }) => (state === "opened" ? [[blind(sha256)]] : []),
    author: ({ state, author }) => (state === "opened" ? [[author]] : []),
  },
});

/** Open disputes about a file, of members in good standing. */
export async function openDisputes(context: Context, reader: Reader, sha256: string): Promise<Dispute[]> {
  const found = reader.list(disputes, { index: "sha256", prefix: [blind(sha256)] });
  const open = (await Array.fromAsync(found)).map(({ value }) => value);
  return open.filter(({ author }) => activeMember(context, author) !== undefined);
}

/** Ids of all records under an open dispute. */
export async function disputedRecords(reader: Reader): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { value } of reader.list(disputes, { index: "author" })) found.add(value.record);
  return found;
}

/**
 * Keeps what a dispute says now. False: it changes nothing.
 * @throws `casework/dispute-id-taken` when another member's dispute has this id, `casework/too-many-disputes`
 */
export async function keepDispute(context: Context, unit: Unit, dispute: Dispute): Promise<boolean> {
  const held = await unit.get(disputes, dispute.id);
  if (held && held.author !== dispute.author)
    throw new WardlineError("casework/dispute-id-taken", "The dispute's id belongs to another member's.", {
      advice: "Use a fresh random id for every dispute.",
    });
  if (held && (held.state !== "opened" || dispute.state === "opened")) return false;
  if (dispute.state === "opened") await checkRoom(context, unit, dispute.author);
  // What was opened is what ends, whatever the later statement says of it.
  unit.put(disputes, [dispute.id], held ? { ...held, state: dispute.state } : dispute);
  const { id, author, record, reason, state } = dispute;
  unit.record({
    kind: `dispute.${state}`,
    subject: [],
    actor: author,
    detail: { dispute: id, record, reason },
  });
  unit.announce({ topic: "adverts", id: author });
  return true;
}

async function checkRoom({ settings }: Context, unit: Unit, author: string): Promise<void> {
  if ((await unit.count(disputes, { index: "author", prefix: [author] })) < settings.mostDisputes) return;
  throw new WardlineError(
    "casework/too-many-disputes",
    `Of one member, at most ${settings.mostDisputes} disputes are open here.`,
    { advice: "Settle some of those that are open." },
  );
}
