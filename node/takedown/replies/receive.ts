/** A mail that came back to a notice, put on record with what follows from it: in one unit, and once. */
import { hex, sha256, WardlineError } from "@wardline/protocol/encoding";
import { derivedId } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { blind, type Reader } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { put } from "../enqueue.ts";
import { nobodyThere } from "../escalate.ts";
import { notices, type Notice } from "../records.ts";
import { acknowledge } from "../sent.ts";
import type { ReadReply } from "./read.ts";
import { readApart, type MailToRead } from "./reader.ts";
import { replies } from "./records.ts";

/** The notice of a return path; undefined for an address that is none. */
export async function noticeOf(reader: Reader, token: string): Promise<Notice | undefined> {
  for await (const { value } of reader.list(notices, { index: "token", prefix: [blind(token)], limit: 1 }))
    if (value.marked) return value;
  return undefined;
}

/**
 * Keeps an answer; the same mail again changes nothing.
 * @throws `takedown/too-many-replies` beyond the most that are kept of one notice
 */
export async function receiveReply(context: Context, token: string, mail: MailToRead): Promise<void> {
  const { readTime } = context.settings.replies;
  const read = await readApart(mail, readTime, context.clock);
  const digest = hex(sha256(mail.raw));
  await context.commit.run(async (unit) => {
    const notice = await noticeOf(unit, token);
    if (!notice) return;
    const id = derivedId("reply", notice.id, digest);
    if (await unit.has(replies, id)) return;
    await checkRoom(context, unit, notice.id);
    unit.put(replies, [id], { ...read, id, notice: notice.id, at: unit.now });
    await follow(context, unit, notice, read);
  });
}

async function checkRoom({ settings }: Context, unit: Unit, notice: string): Promise<void> {
  const { perNotice } = settings.replies;
  if ((await unit.count(replies, { index: "notice", prefix: [notice] })) < perNotice) return;
  throw new WardlineError("takedown/too-many-replies", "More answers to one notice than are kept.", {
    advice: "Look at the notice: a mail program may be in a loop. The setting is takedown.replies.perNotice.",
  });
}

async function follow(context: Context, unit: Unit, notice: Notice, read: ReadReply): Promise<void> {
  const { kind, bounce, ticket } = read;
  for (const report of notice.reports)
    unit.record({
      kind: `notice.${kind}`,
      subject: [report],
      actor: "node",
      detail: { notice: notice.id, ...(bounce && { status: bounce.status, final: bounce.final }) },
    });
  if (!bounce) {
    put(unit, { ...notice, ...(ticket !== undefined && { ticket }) });
    return acknowledge(context, unit, notice.id);
  }
  // A server that gave up is not waiting any more, whatever a late "still trying" says.
  if (notice.bounced?.final) return;
  put(unit, { ...notice, bounced: { at: unit.now, ...bounce } });
  if (bounce.final) await nobodyThere(context, unit, notice, bounce.status);
}
