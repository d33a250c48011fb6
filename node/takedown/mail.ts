/**
 * The notice in words and files, after Article 16 of the EU Digital Services Act (exact URLs, a substantiated explanation,
 * a statement of good faith): a text in the provider's language and one XARF v4 report per URL. Never a picture, never a
 * person's name; a file's hash only where the settings say so.
 */
import type { LadderStep, WrittenNotice } from "./records.ts";
import { fill, type NoticeText } from "./texts.ts";
import type { Xarf } from "./xarf-schema.ts";
import type { NoticedItem, NoticeSender } from "./xarf.ts";

export interface NoticeContent {
  text: NoticeText;
  step: LadderStep;
  /** How often this contact has been told of these URLs, this time included. */
  round: number;
  references: readonly string[];
  sender: NoticeSender;
  items: readonly { item: NoticedItem; xarf: Xarf }[];
  /** The contact's own number for the matter, as it stood in its answer's subject. */
  ticket?: string | undefined;
}

/** The same content gives the same notice, letter for letter. */
export function writeNotice(content: NoticeContent): WrittenNotice {
  const { text, step, round, references, sender, items, ticket } = content;
  const names = { organisation: sender.org, contact: sender.contact, references: references.join(", ") };
  const plain = fill(text.subject, names);
  const subject = round > 1 ? fill(text.reminder, { number: round - 1, subject: plain }) : plain;
  const body = fill(text.body, {
    ...names,
    opening: fill(text.openings[step], names).trim(),
    again: round > 1 ? fill(text.again, { number: round }) : "",
    items: items.map(({ item, xarf }, index) => entry(text, item, xarf, index + 1)).join("\n\n"),
  });
  return {
    subject: ticket === undefined ? subject : `Re: ${ticket} ${subject}`,
    language: text.language,
    references: names.references,
    text: body.replaceAll(/\n{3,}/gu, "\n\n"),
    reports: items.map(({ xarf }) => xarf),
  };
}

function entry({ laws, grounds }: NoticeText, item: NoticedItem, xarf: Xarf, position: number): string {
  const law = item.verdict === "baseline" ? laws.baseline : laws.national;
  const why = `   ${law}; ${item.seen ? grounds.seen : grounds.recognised}.`;
  const hash = xarf.hash_values && `   SHA-256 ${xarf.hash_values.sha256}`;
  return [`${position}. ${item.url}`, why, ...(hash ? [hash] : [])].join("\n");
}

/** A notice on its way by mail. */
export interface NoticeMail {
  from: string;
  to: string;
  /** Where bounces come back to (the envelope's sender), and answers. Left out: to `from`. */
  returnPath?: string;
  subject: string;
  /** The same at every attempt, so that a mail repeated after a crash is recognised as the same mail. */
  messageId: string;
  /** Earlier mails of the same matter to the same contact, the first one first. */
  follows?: readonly string[];
  /** When the sending was first marked, milliseconds; part of the mail's identity too. */
  date: number;
  language: string;
  text: string;
  attachments: { filename: string; content: string }[];
}

/** RFC 5322 Message-ID, a function of the notice alone. */
export const messageIdOf = (notice: string, domain: string): string => `<notice.${notice}@${domain}>`;

export const attachmentsOf = ({ reports }: Pick<WrittenNotice, "reports">): NoticeMail["attachments"] =>
  reports.map((xarf, index) => ({
    filename: `xarf-${String(index + 1).padStart(3, "0")}.json`,
    content: `${JSON.stringify(xarf, undefined, 2)}\n`,
  }));
