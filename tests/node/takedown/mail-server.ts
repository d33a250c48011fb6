/** A real mail server on loopback that keeps what it accepts and can be told to refuse. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  from: string;
  to: string[];
  message: string;
}

export interface MailServer {
  port: number;
  mails: ReceivedMail[];
  /** SMTP status for the next recipients, e.g. 550 or 451; undefined accepts. */
  refuseWith: number | undefined;
  stop(): Promise<void>;
}

export async function startMailServer(
  onMail: (mail: ReceivedMail) => void = () => undefined,
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const state: Pick<MailServer, "refuseWith"> = { refuseWith: undefined };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    onRcptTo(_, __, done) {
      if (state.refuseWith === undefined) return done();
      done(Object.assign(new Error("refused by the test"), { responseCode: state.refuseWith }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail = {
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          message: Buffer.concat(chunks).toString("utf8"),
        };
        mails.push(mail);
        onMail(mail);
        done();
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    mails,
    get refuseWith() {
      return state.refuseWith;
    },
    set refuseWith(code) {
      state.refuseWith = code;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The JSON files attached to a mail, in their order. */
export function attachedJson(message: string): Record<string, unknown>[] {
  const parts = message.split(/\r?\n--/u).filter((part) => /content-type:\s*application\/json/iu.test(part));
  return parts.map((part) => {
    const body = part
      .split(/\r?\n\r?\n/u)
      .slice(1)
      .join("");
    return JSON.parse(Buffer.from(body, "base64").toString("utf8")) as Record<string, unknown>;
  });
}
