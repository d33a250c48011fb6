/** Hands one mail to the configured mail server and says what became of it. */
import { createTransport } from "nodemailer";
import { WardlineError } from "@wardline/protocol/encoding";
import type { NoticeMail } from "./mail.ts";

export interface SmtpSettings {
  host: string;
  port: number;
  /** TLS from the first byte (port 465); otherwise STARTTLS is used when the server offers it. */
  secure: boolean;
  /** Refuse to send without TLS. Off only for a server on this machine. */
  requireTls: boolean;
  signIn?: string | undefined;
  password?: string | undefined;
  /** How long one SMTP step may take, milliseconds. */
  timeout: number;
}

export interface Mailer {
  /**
   * Resolves when the server has accepted the mail for its only recipient.
   * @throws `takedown/mail-refused` for good (5xx); `takedown/mail-deferred` for now (4xx, no answer): try again
   */
  send(mail: NoticeMail): Promise<void>;
}

/** No pooled connection: mails are rare, and a connection kept open would outlive what it was opened for. */
export function createMailer(settings: SmtpSettings): Mailer {
  const { host, port, secure, requireTls, signIn, password, timeout } = settings;
  return {
    async send(mail) {
      const transport = createTransport({
        host,
        port,
        secure,
        requireTLS: requireTls,
        ignoreTLS: !secure && !requireTls && isLoopback(host),
        ...(signIn !== undefined && { auth: { user: signIn, pass: password ?? "" } }),
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        await transport.sendMail(messageOf(mail));
      } catch (cause) {
        throw refusal(cause);
      } finally {
        transport.close();
      }
    },
  };
}

function messageOf(mail: NoticeMail) {
  return {
    from: mail.from,
    to: mail.to,
    ...(mail.returnPath !== undefined && {
      envelope: { from: mail.returnPath, to: mail.to },
      replyTo: mail.returnPath,
    }),
    subject: mail.subject,
    messageId: mail.messageId,
    ...(mail.follows && { references: [...mail.follows], inReplyTo: mail.follows.at(-1) ?? "" }),
    date: new Date(mail.date),
    text: mail.text,
    // Says that a program sent it, so that out-of-office programs do not answer (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated", "Content-Language": mail.language },
    attachments: mail.attachments.map(({ filename, content }) => ({
      filename,
      content,
      contentType: "application/json",
      contentTransferEncoding: "base64" as const,
    })),
  };
}

/** Only a no to this sender, recipient or content is final; TLS and sign-in are for the operator to put right. */
function refusal(cause: unknown): WardlineError {
  const { responseCode: status, code } = cause as { responseCode?: unknown; code?: unknown };
  const aboutThisMail = code === "EENVELOPE" || code === "EMESSAGE";
  if (aboutThisMail && typeof status === "number" && status >= 500)
    return new WardlineError("takedown/mail-refused", `The mail server refused the notice (${status}).`, {
      advice: "Check the provider's contact and the sender address, then approve the notice again.",
      details: { status },
      cause,
    });
  return new WardlineError(
    "takedown/mail-deferred",
    "The mail server did not take the notice; it will be tried again.",
    {
      advice: "If this goes on, check takedown.smtp in the configuration and that the server runs.",
      details: typeof status === "number" ? { status } : {},
      cause,
    },
  );
}

const isLoopback = (host: string) => host === "localhost" || host === "::1" || host.startsWith("127.");
