/** The listener for answers where the mail server is on another machine: nothing crosses the network in clear. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startMember, startSite, type Site, type TestMember } from "../desks/support.ts";
import { cleanUp, found, hotlineB, until, type Place } from "../federation/support.ts";
import { startMailServer, type MailServer } from "./mail-server.ts";
import { replyMail } from "./mails.ts";
import { receivedReport } from "./received.ts";

let folder: string;
let site: Site;
let mail: MailServer;
let member: TestMember;
let returnPath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "wardline-listener-"));
  const files = ["-keyout", "key.pem", "-out", "cert.pem"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...files], { cwd: folder, stdio: "ignore" });
  site = await startSite();
  mail = await startMailServer();
  const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
  const [place, other] = places as [Place, Place];
  const tls = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const replies = { address: "notices@hotline-a.example", port: 0, connections: 2, timeout: "2s", tls };
  const settings = { takedown: { replies } };
  member = await startMember(place, { kind: "hotline", site, hostedIn: "XA", smtpPort: mail.port, settings });
  const id = await receivedReport(member, other, site, 1);
  const analyst = await member.person("Analyst", "analyst");
  await member.takedown.approve(id, "abuse@provider.example", analyst);
  await until("mailed", () => mail.mails.length === 1);
  returnPath = mail.mails[0]?.from ?? "";
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
  await Promise.all([site.stop(), mail.stop(), rm(folder, { recursive: true })]);
});

const handOn = (how: { ignoreTLS?: boolean; requireTLS?: boolean }) =>
  createTransport({
    host: "127.0.0.1",
    port: member.takedown.repliesPort,
    tls: { rejectUnauthorized: false },
    ...how,
  }).sendMail({ envelope: { from: "abuse@provider.example", to: returnPath }, raw: replyMail(returnPath) });

test("STARTTLS comes first", async () => {
  await expect(handOn({ ignoreTLS: true })).rejects.toMatchObject({ responseCode: 530 });
  await expect(handOn({ requireTLS: true })).resolves.toMatchObject({ accepted: [returnPath] });
});

test("who says nothing, or calls too often, is hung up on, and others get through afterwards", async () => {
  const { repliesPort } = member.takedown;
  const closed = [1, 2, 3, 4].map(
    () =>
      new Promise<string>((resolve) => {
        let said = "";
        const socket = connect(repliesPort, "127.0.0.1");
        socket.on("data", (chunk) => (said += chunk.toString()));
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(said));
      }),
  );
  const greetings = await Promise.all(closed);
  expect(greetings.filter((text) => text.startsWith("421"))).toHaveLength(2);
  await expect(handOn({ requireTLS: true })).resolves.toMatchObject({ accepted: [returnPath] });
});
