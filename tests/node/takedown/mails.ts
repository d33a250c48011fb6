/** Mails as providers and their servers send them. */

interface BounceParts {
  action?: string;
  status?: string;
  recipient?: string;
}

/** A delivery status notification of a mail server. */
export function bounceMail(to: string, parts: BounceParts = {}): string {
  const { action = "failed", status = "5.1.1", recipient = "abuse@provider.example" } = parts;
  return lines(
    "From: MAILER-DAEMON@mx.provider.example",
    `To: ${to}`,
    "Subject: Undelivered Mail Returned to Sender [#99887766]",
    "Auto-Submitted: auto-replied",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    "",
    "--B",
    "Content-Type: text/plain",
    "",
    "Your message could not be delivered.",
    "--B",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.provider.example",
    "",
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    "Diagnostic-Code: smtp; 550 5.1.1 no such",
    " mailbox here",
    "",
    "--B",
    "Content-Type: text/rfc822-headers",
    "",
    "Subject: Notice of illegal content",
    "",
    "--B--",
  );
}

interface ReplyParts {
  header?: string;
  subject?: string;
  type?: string;
  text?: string;
  attachment?: { name: string; bytes: Uint8Array };
}

/** The answer of a person, or of a program. */
export function replyMail(to: string, parts: ReplyParts = {}): string {
  const { header, subject = "Re: Notice", type = "text/plain", text = "We look at it.", attachment } = parts;
  const head = [
    "From: Abuse desk <abuse@provider.example>",
    `To: ${to}`,
    `Subject: ${subject}`,
    ...(header === undefined ? [] : [header]),
    "MIME-Version: 1.0",
  ];
  const words = [
    `Content-Type: ${type}; charset=utf-8`,
    "Content-Transfer-Encoding: base64",
    "",
    base64(text),
  ];
  if (!attachment) return lines(...head, ...words);
  return lines(
    ...head,
    'Content-Type: multipart/mixed; boundary="B"',
    "",
    "--B",
    ...words,
    "--B",
    `Content-Type: image/jpeg; name="${attachment.name}"`,
    `Content-Disposition: attachment; filename="${attachment.name}"`,
    "Content-Transfer-Encoding: base64",
    "",
    base64(attachment.bytes),
    "--B--",
  );
}

const lines = (...all: string[]) => [...all, ""].join("\r\n");
const base64 = (content: string | Uint8Array) =>
  Buffer.from(content)
    .toString("base64")
    .replaceAll(/.{76}/gu, (line) => `${line}\r\n`);
