/** A loopback mail server that stands for a hosting provider: it reads each notice's XARF part and takes the named URLs down. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Notice {
  readonly from: string;
  readonly to: readonly string[];
  /** The whole message as it arrived. */
  readonly message: string;
  /** The URLs that its XARF attachments name. */
  readonly urls: readonly string[];
}

export interface Provider {
  readonly port: number;
  readonly notices: readonly Notice[];
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1 and calls `act` for every notice, as the provider's abuse desk would. */
export async function startProvider(act: (notice: Notice) => void, port = 0): Promise<Provider> {
  const notices: Notice[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: 5 * 1024 * 1024,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const message = Buffer.concat(chunks).toString("utf8");
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : "";
        const notice = { from, to: rcptTo.map((to) => to.address), message, urls: reportedUrls(message) };
        notices.push(notice);
        done();
        act(notice);
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.server.address() as AddressInfo;
  return { port: bound, notices, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Reads the URLs out of every base64 or plain JSON part of a message. */
export function reportedUrls(message: string): string[] {
  const parts = message
    .split(/\r?\n--/u)
    .filter((part) => /content-type:\s*application\/(?:[\w.+-]*\+)?json/iu.test(part));
  return [...new Set(parts.flatMap((part) => urlsIn(jsonOf(part))))];
}

function jsonOf(part: string): unknown {
  const [head = "", ...rest] = part.split(/\r?\n\r?\n/u);
  const body = rest.join("\n\n").trim();
  const encoded = /content-transfer-encoding:\s*base64/iu.test(head);
  const quoted = /content-transfer-encoding:\s*quoted-printable/iu.test(head);
  if (encoded) return JSON.parse(Buffer.from(body, "base64").toString("utf8"));
  return JSON.parse(quoted ? unquote(body) : body);
}

function unquote(body: string): string {
  const bytes = body
    .replaceAll(/=\r?\n/gu, "")
    .replaceAll(/=([0-9A-F]{2})/gu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function urlsIn(xarf: unknown): string[] {
  const reports = Array.isArray(xarf) ? xarf : [xarf];
  return reports.flatMap((report: { url?: unknown }) => (typeof report.url === "string" ? [report.url] : []));
}
