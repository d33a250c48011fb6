/** Mails that come back to a notice, read: bounces, automatic answers, people; and whatever somebody might send instead. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReply } from "../../../node/takedown/replies/read.ts";
import { readApart } from "../../../node/takedown/replies/reader.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { ticketIn } from "../../../node/takedown/replies/ticket.ts";
import { bounceMail, replyMail } from "./mails.ts";

const read = (mail: string, envelopeFrom = "abuse@provider.example") =>
  readReply(Buffer.from(mail), envelopeFrom);

describe("a bounce (RFC 3464)", () => {
  test.each([
    ["failed", "5.1.1", { final: true, status: "5.1.1" }],
    ["failed", "4.4.7", { final: true, status: "4.4.7" }],
    ["delayed", "4.4.1", { final: false, status: "4.4.1" }],
    ["failed", "nonsense", { final: true, status: "5.0.0" }],
  ])("%s, %s", async (action, status, bounce) => {
    const reply = await read(bounceMail("notices+x@hotline.example", { action, status }), "");
    expect(reply).toMatchObject({ kind: "bounce", bounce });
    expect(reply.text).toContain("could not be delivered");
    expect(reply).not.toHaveProperty("ticket");
  });

  test("word that the mail was delivered is none", async () => {
    const mail = bounceMail("notices+x@hotline.example", { action: "delivered", status: "2.0.0" });
    expect(await read(mail, "")).toMatchObject({ kind: "automatic" });
  });
});

describe("an answer", () => {
  test.each([
    ["Auto-Submitted: auto-replied", "automatic"],
    ['Auto-Submitted: auto-generated; owner-email="a@b.example"', "automatic"],
    ["Auto-Submitted: no", "answer"],
    ["Precedence: bulk", "automatic"],
    ["X-Autoreply: yes", "automatic"],
    ["X-Mailer: of a person", "answer"],
  ])("with %s is %s", async (header, kind) => {
    expect(await read(replyMail("a@b.example", { header }))).toMatchObject({ kind, text: "We look at it." });
  });

  test("from nobody is automatic", async () => {
    expect(await read(replyMail("a@b.example"), "")).toMatchObject({ kind: "automatic" });
  });

  test("in HTML becomes text with everything active left out", async () => {
    const html = `<html><head><title>t</title><style>p{}</style></head><body><p>Dear <b>all</b>,</p><script>alert(1)</script>
      <p>gone.<img src="http://tracker.example/x.gif" onerror="alert(2)"><a href="javascript:alert(3)">here</a></p></body></html>`;
    const { text } = await read(replyMail("a@b.example", { type: "text/html", text: html }));
    expect(text.replaceAll(/\s+/gu, " ")).toBe("Dear all, gone.here");
  });

  test("of nothing but tags within tags is read all the same", async () => {
    const html = `${"<b>".repeat(500_000)}Gone.<svg>${"<i>".repeat(600)}shown again`;
    const { text } = await read(replyMail("a@b.example", { type: "text/html", text: html }));
    expect(text).toBe("Gone.shown again");
  });

  test("loses what hides or turns text, and what is too long", async () => {
    const hidden = "a\u202Eb\u200Bc\u0007d\uFEFF\u2066e";
    expect((await read(replyMail("a@b.example", { text: hidden }))).text).toBe("abcde");
    const long = await read(replyMail("a@b.example", { text: "word ".repeat(20_000) }));
    expect(long.cut).toBe(true);
    expect(long.text.length).toBeLessThanOrEqual(20_000);
  });

  test("has its attachments listed by name and size, and dropped", async () => {
    const picture = Buffer.alloc(3000, "secret picture bytes ");
    const reply = await read(replyMail("a@b.example", { attachment: { name: "proof.jpg", bytes: picture } }));
    expect(reply.attachments).toEqual([{ name: "proof.jpg", bytes: 3000 }]);
    expect(JSON.stringify(reply)).not.toContain("secret picture");
  });
});

describe("on a thread of its own, an answer", () => {
  const envelopeFrom = "abuse@provider.example";
  const readIn = (text: string, time: number) =>
    readApart({ raw: Buffer.from(replyMail("a@b.example", { text })), envelopeFrom }, time, systemClock);

  test("is read like any other", async () => {
    expect(await readIn("Taken down.", 60_000)).toMatchObject({ kind: "answer", text: "Taken down." });
  });

  test("that takes too long is kept without its text", async () => {
    const unread = { kind: "answer", from: envelopeFrom, text: "", cut: true, attachments: [] };
    expect(await readIn("a\n".repeat(2_000_000), 1)).toMatchObject(unread);
  });
});

describe("a ticket number", () => {
  test.each([
    ["Re: Notice of illegal content [XB-2026-000001] [Ticket#2026112210000123]", "[Ticket#2026112210000123]"],
    ["[#12345] Received: Notice [XB-2026-000001, XB-2026-000002]", "[#12345]"],
    ["Your report (Case: ABC-123456)", "(Case: ABC-123456)"],
    ["Ticket ID: 00456789 - thank you", "[00456789]"],
    ["##RE-12345## received", "##RE-12345##"],
    ["Vorgang 20261122-77", "[20261122-77]"],
    ["Re: Notice of illegal content [XB-2026-000001]", undefined],
    ["Thanks in 2026", undefined],
    ["", undefined],
  ])("of %j is %j", (subject, ticket) => {
    expect(ticketIn(subject)).toBe(ticket);
  });
});

describe("whatever is sent", () => {
  /** Pieces of mails, put together wrongly. */
  const piece = fc.oneof(
    fc.constantFrom(
      "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n",
      'Content-Type: multipart/mixed; boundary="B"\r\n',
      "Content-Type: message/rfc822\r\n",
      "Content-Type: message/delivery-status\r\n",
      "Content-Type: text/html; charset=utf-7\r\n",
      "Content-Transfer-Encoding: base64\r\n",
      "Content-Transfer-Encoding: quoted-printable\r\n",
      "Content-Disposition: attachment; filename*=utf-8''%00%2e%2e%2fx\r\n",
      "Auto-Submitted: auto-replied\r\n",
      "Subject: =?utf-8?B?////?= =?x?Q?=00?=\r\n",
      "From: <<>>@,;\r\n",
      "Action: failed\r\nStatus: 5.1.1\r\n",
      "\r\n",
      "\r\n--B\r\n",
      "\r\n--B--\r\n",
      "<script>x</script><svg><p",
      "&#x202e;&#0;&#x110000;",
    ),
    fc.string({ unit: "binary", maxLength: 80 }),
  );
  const mails = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

  test("is read within bounds, and as plain text", async () => {
    await fc.assert(
      fc.asyncProperty(mails, fc.boolean(), async (mail, fromServer) => {
        const reply = await read(mail, fromServer ? "" : "a@b.example");
        const shown = [reply.text, reply.subject, reply.from, ...reply.attachments.map(({ name }) => name)];
        for (const text of shown)
          expect(text.replaceAll(/[\t\n]/gu, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u);
        expect(reply.text.length).toBeLessThanOrEqual(20_000);
        expect(reply.attachments.length).toBeLessThanOrEqual(50);
        expect(["bounce", "automatic", "answer"]).toContain(reply.kind);
        expect(reply.kind === "bounce").toBe(reply.bounce !== undefined);
      }),
      { numRuns: 300 },
    );
  });

  test("nested without end, or with headers without end, it is kept as unreadable", async () => {
    const nested = Array.from(
      { length: 200 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    );
    expect(await read(nested.join(""))).toMatchObject({ text: "", cut: true });
    expect(await read(`X: ${"y".repeat(400_000)}\r\n\r\nz`)).toMatchObject({ cut: true });
  });
});
