/**
 * The notice as a mail: plain words after Article 16 of the EU Digital Services Act (exact URLs, a substantiated
 * explanation, a statement of good faith), one XARF v4 file per URL. Never a picture, never a person's name.
 */
import type { Xarf } from "./xarf-schema.ts";
import type { NoticedItem, NoticeSender } from "./xarf.ts";

export interface NoticeMail {
  from: string;
  to: string;
  subject: string;
  /** The same at every attempt, so that a mail repeated after a crash is recognised as the same mail. */
  messageId: string;
  /** When the sending was first marked, milliseconds; part of the mail's identity too. */
  date: number;
  text: string;
  attachments: { filename: string; content: string }[];
}

export interface NoticeContent {
  /** The notice's id and how often the provider has been told of these URLs, this time included. */
  id: string;
  round: number;
  references: readonly string[];
  to: string;
  date: number;
  sender: NoticeSender;
  items: readonly { item: NoticedItem; xarf: Xarf }[];
}

/** Composes the mail; the same content gives the same mail, byte for byte of what is ours. */
export function composeNotice(content: NoticeContent): NoticeMail {
  const { id, round, references, sender, items } = content;
  const reminder = round > 1 ? `Reminder ${round - 1}: ` : "";
  return {
    from: sender.contact,
    to: content.to,
    subject: `${reminder}Notice of illegal content on your service [${references.join(", ")}]`,
    messageId: messageIdOf(id, sender.domain),
    date: content.date,
    text: textOf(content),
    attachments: items.map(({ xarf }, index) => ({
      filename: `xarf-${String(index + 1).padStart(3, "0")}.json`,
      content: `${JSON.stringify(xarf, undefined, 2)}\n`,
    })),
  };
}

/** RFC 5322 Message-ID, a function of the notice alone. */
export function messageIdOf(notice: string, domain: string): string {
  return `<notice.${notice}@${domain}>`;
}

function textOf({ items, sender, references, round }: NoticeContent): string {
  const lines = items.map(
    ({ item }, index) => `${index + 1}. ${item.url}\n   ${explanation(item)}\n   SHA-256 ${item.sha256}`,
  );
  return `To the abuse contact,

${sender.org} is a child-protection hotline. We give you notice of illegal content that your service makes
available${round > 1 ? `; this is notice number ${round} about it` : ""}:

${lines.join("\n\n")}

Each address was fetched shortly before this mail and held the file named by its SHA-256. Please remove or disable
access to it without delay, keep what your law asks you to keep for the police, and answer to ${sender.contact}.

Please do not forward these addresses to anybody who does not need them for that.

We believe in good faith that the information in this notice is accurate and complete.

Our reference: ${references.join(", ")}
One machine-readable report (XARF v4, JSON) per address is attached. No picture is attached, on purpose.

${sender.org}
${sender.contact}
`;
}

function explanation({ verdict, seen }: NoticedItem): string {
  const law =
    verdict === "baseline"
      ? "Illegal in every country by INTERPOL's baseline criteria"
      : "Illegal by national law, as assessed by a hotline";
  return `${law}; ${seen ? "assessed by a trained analyst" : "recognised as a file that trained analysts assessed before"}.`;
}
