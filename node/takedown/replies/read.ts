/**
 * A mail that came back, read: a bounce, an automatic answer, or a person's. Only its text is kept. Attachments are listed
 * by name and size and dropped: never opened, never stored, whatever they are.
 */
import PostalMime, { type Attachment, type Email } from "postal-mime";
import { readDeliveryStatus, type Bounce } from "./dsn.ts";
import { plainLine, plainText, textOfHtml } from "./plain.ts";
import { ticketIn } from "./ticket.ts";

export interface ReadReply {
  kind: "bounce" | "automatic" | "answer";
  from: string;
  subject: string;
  text: string;
  /** There was more text than is kept, or it could not be read. */
  cut: boolean;
  attachments: { name: string; bytes: number }[];
  bounce?: Bounce;
  /** The other side's own number, as it stands in the subject. */
  ticket?: string;
}

const mostAttachments = 50;

/** Never throws for what a mail holds. `envelopeFrom` is empty for what a server sends by itself (RFC 5321, 4.5.5). */
export async function readReply(raw: Uint8Array, envelopeFrom: string): Promise<ReadReply> {
  try {
    const mail = await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      maxNestingDepth: 20,
      maxHeadersSize: 256 * 1024,
      attachmentEncoding: "arraybuffer",
    });
    return readMail(mail, envelopeFrom);
  } catch {
    return unreadable(envelopeFrom);
  }
}

/** Of a mail that came, and more cannot be said. */
export const unreadable = (envelopeFrom: string): ReadReply => ({
  kind: "answer",
  from: plainLine(envelopeFrom),
  subject: "",
  text: "",
  cut: true,
  attachments: [],
});

function readMail(mail: Email, envelopeFrom: string): ReadReply {
  const bounce = bounceIn(mail);
  const words = plainText(mail.text?.trim() ? mail.text : textOfHtml(mail.html ?? ""));
  const subject = plainLine(mail.subject ?? "");
  const ticket = bounce ? undefined : ticketIn(subject);
  return {
    kind: bounce ? "bounce" : isAutomatic(mail, envelopeFrom) ? "automatic" : "answer",
    from: plainLine(mail.from?.address ?? envelopeFrom),
    subject,
    ...words,
    attachments: mail.attachments.filter(isForPeople).slice(0, mostAttachments).map(listed),
    ...(bounce && { bounce }),
    ...(ticket !== undefined && { ticket }),
  };
}

const statusType = "message/delivery-status";

function bounceIn(mail: Email): Bounce | undefined {
  const report = mail.attachments.find(
    ({ mimeType }) => mimeType === statusType || mimeType === "message/global-delivery-status",
  );
  return report && readDeliveryStatus(Buffer.from(bytesOf(report)).toString("latin1"));
}

const bytesOf = ({ content }: Attachment): Uint8Array =>
  typeof content === "string" ? Buffer.from(content) : new Uint8Array(content);

/** The parts of a bounce are for programs. */
const isForPeople = ({ mimeType }: Attachment) => mimeType !== statusType;

const listed = (attachment: Attachment) => ({
  name: plainLine(attachment.filename ?? attachment.mimeType, 200),
  bytes: bytesOf(attachment).byteLength,
});

/** RFC 3834, and what programs said before it. */
function isAutomatic({ headers }: Email, envelopeFrom: string): boolean {
  const value = (name: string) =>
    headers
      .find(({ key }) => key === name)
      ?.value.trim()
      .toLowerCase();
  const submitted = value("auto-submitted");
  if (submitted !== undefined && !/^no\b/u.test(submitted)) return true;
  if (envelopeFrom === "" || value("x-autoreply") !== undefined || value("x-autorespond") !== undefined)
    return true;
  return ["bulk", "junk", "list", "auto_reply"].includes(value("precedence") ?? "");
}
