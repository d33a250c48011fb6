/**
 * Where the organisation's mail server hands on what comes back to notices: a small SMTP listener that takes nothing but
 * the return paths of notices that were sent, one recipient at a time, within limits. What it has answered 250 is on disk.
 */
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { RepliesSettings } from "../../configuration/index.ts";
import type { Context } from "../context.ts";
import { noticeOf, receiveReply } from "./receive.ts";

/** With the address that answers come back to. */
type Listening = RepliesSettings & { address: string };

export interface ReplyListener {
  port: number;
  /** Closes the door, and waits for what is being written. */
  stop(): Promise<void>;
}

/** @throws the system's error when the port is taken or a TLS file cannot be read */
export async function listenForReplies(context: Context, settings: Listening): Promise<ReplyListener> {
  const { host, port, tls, most, connections, timeout } = settings;
  const server = new SMTPServer({
    name: "wardline",
    banner: "answers to notices",
    disabledCommands: ["AUTH", ...(tls ? [] : ["STARTTLS"])],
    ...(tls && { cert: await readFile(tls.certificate), key: await readFile(tls.key) }),
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    size: most,
    maxClients: connections,
    socketTimeout: timeout,
    closeTimeout: 1000,
    onMailFrom: (_, session, done) =>
      done(tls && !session.secure ? refusal(530, "5.7.0 Use STARTTLS first") : undefined),
    onRcptTo: ({ address }, session, done) =>
      answer(checkRecipient(context, settings, address, session), done),
    onData: (stream, session, done) => answer(take(context, settings, stream, session), done),
  });
  // A connection that breaks is the other side's matter; the mail comes again.
  server.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const refusal = (responseCode: number, message: string) =>
  Object.assign(new Error(message), { responseCode });

function answer(work: Promise<void>, done: (error?: Error | null) => void): void {
  work.then(
    () => done(),
    (error: unknown) => done(error instanceof Error && "responseCode" in error ? error : unable),
  );
}
/** Not on disk: the mail server keeps it and tries again. */
const unable = refusal(451, "4.3.0 Not now");

async function checkRecipient(
  { commit }: Context,
  settings: Listening,
  address: string,
  { envelope }: SMTPServerSession,
): Promise<void> {
  if (envelope.rcptTo.length > 0) throw refusal(452, "4.5.3 One recipient at a time");
  const token = tokenIn(address, settings);
  if (token === undefined || !(await noticeOf(commit, token))) throw refusal(550, "5.1.1 No such address");
}

/** `notices+TOKEN@…`, in any case: mail servers may write it their way. */
function tokenIn(address: string, settings: Listening): string | undefined {
  const [local = "", domain = ""] = settings.address.toLowerCase().split("@");
  const [, token] = /^([0-9a-f]{20})@/u.exec(afterPrefix(address.toLowerCase(), `${local}+`)) ?? [];
  return address.toLowerCase().endsWith(`@${domain}`) ? token : undefined;
}

const afterPrefix = (text: string, prefix: string) =>
  text.startsWith(prefix) ? text.slice(prefix.length) : "";

async function take(
  context: Context,
  settings: Listening,
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Read to the end even when it is too much: SMTP has no way to interrupt, and nothing beyond the limit is kept.
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes <= settings.most) chunks.push(chunk);
  }
  if (bytes > settings.most || stream.sizeExceeded) throw refusal(552, "5.3.4 Too large");
  const [recipient] = envelope.rcptTo;
  const token = tokenIn(recipient?.address ?? "", settings);
  if (token === undefined) throw refusal(550, "5.1.1 No such address");
  const envelopeFrom = envelope.mailFrom ? envelope.mailFrom.address : "";
  try {
    await receiveReply(context, token, { raw: Buffer.concat(chunks), envelopeFrom });
  } catch (error) {
    throw isWardlineError(error, "takedown/too-many-replies")
      ? refusal(550, "5.7.1 Too many answers")
      : error;
  }
}
