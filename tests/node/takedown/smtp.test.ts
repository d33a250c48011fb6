import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMailer } from "../../../node/takedown/index.ts";
import type { NoticeMail } from "../../../node/takedown/mail.ts";
import { attachedJson, startMailServer, type MailServer } from "./mail-server.ts";

let server: MailServer;
beforeEach(async () => {
  server = await startMailServer();
});
afterEach(() => server.stop());

const mailer = (port = server.port) =>
  createMailer({ host: "127.0.0.1", port, secure: false, requireTls: false, timeout: 5000 });
const mail: NoticeMail = {
  from: "notices@hotline-b.example",
  to: "abuse@provider.example",
  subject: "Notice of illegal content on your service [XB-2026-000001]",
  messageId: "<notice.0123@hotline-b.example>",
  date: Date.UTC(2026, 0, 2),
  language: "en",
  text: "Plain words – with a dash, and a line that is long enough to be folded by whoever carries it over the network.\n",
  attachments: [
    { filename: "xarf-001.json", content: '{ "url": "http://pictures.example/ä" }' },
    { filename: "xarf-002.json", content: '{ "url": "http://pictures.example/b" }' },
  ],
};

describe("a notice over SMTP", () => {
  test("arrives once, with its JSON files and no picture", async () => {
    await mailer().send(mail);
    const [received, ...more] = server.mails;
    expect(more).toEqual([]);
    expect(received).toMatchObject({ from: mail.from, to: [mail.to] });
    expect(received?.message).toContain("Message-ID: <notice.0123@hotline-b.example>");
    expect(received?.message).toContain("Auto-Submitted: auto-generated");
    expect(received?.message).not.toMatch(/content-type:\s*image/i);
    expect(attachedJson(received?.message ?? "")).toEqual([
      { url: "http://pictures.example/ä" },
      { url: "http://pictures.example/b" },
    ]);
  });

  test("comes back to an address of its own, and is threaded behind earlier ones", async () => {
    const returnPath = "notices+0123456789abcdef0123@hotline-b.example";
    const follows = ["<notice.0001@hotline-b.example>", "<notice.0002@hotline-b.example>"];
    await mailer().send({ ...mail, returnPath, follows });
    const [received] = server.mails;
    expect(received?.from).toBe(returnPath);
    expect(received?.message).toContain(`Reply-To: ${returnPath}`);
    expect(received?.message).toContain(`From: ${mail.from}`);
    expect(received?.message).toContain("In-Reply-To: <notice.0002@hotline-b.example>");
    expect(received?.message.replaceAll(/\r\n\s+/gu, " ")).toContain(`References: ${follows.join(" ")}`);
    expect(received?.message).toContain("Content-Language: en");
  });

  test("sent again it is recognisable as the same mail", async () => {
    await mailer().send(mail);
    await mailer().send(mail);
    const identity = server.mails.map(
      ({ message }) => /^(message-id|date|subject): .*/gim.exec(message)?.[0],
    );
    expect(identity[0]).toBe(identity[1]);
  });

  test.each([
    [550, "takedown/mail-refused"],
    [553, "takedown/mail-refused"],
    [451, "takedown/mail-deferred"],
  ])("a server that answers %i", async (status, code) => {
    server.refuseWith = status;
    await expect(mailer().send(mail)).rejects.toMatchObject({ code });
    expect(server.mails).toEqual([]);
  });

  test("no server is tried again later", async () => {
    const { port } = server;
    await server.stop();
    await expect(mailer(port).send(mail)).rejects.toMatchObject({ code: "takedown/mail-deferred" });
    server = await startMailServer();
  });

  test("without TLS where TLS is required nothing is sent", async () => {
    const strict = createMailer({
      host: "127.0.0.1",
      port: server.port,
      secure: false,
      requireTls: true,
      timeout: 5000,
    });
    await expect(strict.send(mail)).rejects.toMatchObject({ code: "takedown/mail-deferred" });
    expect(server.mails).toEqual([]);
  });
});
