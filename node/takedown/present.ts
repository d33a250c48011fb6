/** Notices as people see them: their states, their exact words, and what came back. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { z } from "zod";
import { isApproved, placeOf, tracesOf } from "./approve.ts";
import { composeFor } from "./compose.ts";
import { contactAddress, languageOf, wayOf } from "./contacts.ts";
import type { Context } from "./context.ts";
import { noticesOf } from "./enqueue.ts";
import { notices, writtenNotices, type Notice, type WrittenNotice } from "./records.ts";
import { replies } from "./replies/records.ts";
import { targetsOf } from "./targets.ts";
import type { noticeDetail, noticePreview, noticeView, wordsView } from "./views.ts";

type Shown = z.infer<typeof noticeView>;

/** The notices of a report, the newest first. */
export async function noticesOfReport(context: Context, report: string): Promise<Shown[]> {
  const { casework, commit } = context;
  await casework.report(commit, report);
  const shown: Shown[] = [];
  for await (const { value } of noticesOf(commit, report)) shown.push(await show(context, value));
  return shown;
}

async function show({ casework, commit }: Context, notice: Notice): Promise<Shown> {
  const { id, state, way, step, contact, round, created, sendAt, attempts, targets } = notice;
  const reports = await Promise.all(notice.reports.map((report) => casework.report(commit, report)));
  return {
    ...{ id, state, way, step, contact, round, created, sendAt, attempts },
    reports: reports.map((report) => ({ id: report.id, reference: report.reference })),
    items: notice.marked?.items.length ?? targets.length,
    sentAt: notice.sentAt,
    reason: notice.reason,
    ticket: notice.ticket,
    acknowledged: notice.acknowledged,
    bounced: notice.bounced,
    replies: await commit.count(replies, { index: "notice", prefix: [id] }),
  };
}

/** @throws `takedown/no-such-notice` */
export async function noticeDetails(context: Context, id: string): Promise<z.infer<typeof noticeDetail>> {
  const { commit } = context;
  const notice = await commit.get(notices, id);
  if (!notice) throw noSuchNotice();
  const words = await commit.get(writtenNotices, id);
  const replyList = [];
  for await (const { value } of commit.list(replies, { index: "notice", prefix: [id] }))
    replyList.push(value);
  return { ...(await show(context, notice)), ...(words && { words: wordsOf(words) }), replyList };
}

export const noSuchNotice = () =>
  new WardlineError("takedown/no-such-notice", "There is no such notice here.", {
    advice: "Open its report again from the list.",
  });

const wordsOf = ({ language, subject, text, reports }: WrittenNotice): z.infer<typeof wordsView> => ({
  language,
  subject,
  text,
  xarf: reports,
});

/**
 * What a notice to this contact would say now. Others to the same contact may join it within the grouping window.
 * @throws `takedown/invalid-contact`, `takedown/nothing-to-notify`, `takedown/cannot-compose`
 */
export async function previewNotice(
  context: Context,
  id: string,
  input: string,
): Promise<z.infer<typeof noticePreview>> {
  const { casework, commit, clock, texts } = context;
  const contact = contactAddress(input);
  const report = await casework.report(commit, id);
  const targets = await targetsOf(context, commit, report, await tracesOf(context, id));
  const { step, round } = await placeOf(commit, id, contact);
  const at = clock.now();
  const { words } = await composeFor(context, { id: `preview-${id}`, contact, step, round }, targets, at);
  const { country, provider } = report.hosting ?? {};
  const { language, name, verified, verifiedBy, note } = texts.choose({
    language: languageOf(context, contact, provider),
    country,
  });
  return {
    ...{ contact, step, round },
    way: wayOf(context, contact),
    approved: await isApproved(commit, contact),
    text: { language, name, verified, verifiedBy, note },
    words: wordsOf(words),
  };
}
