/** The ways of a notice and what comes back: real mail both ways, a real provider's interface, and a person by hand. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createTransport } from "nodemailer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../../node/accounts/index.ts";
import type { custodyView, reportDetail } from "../../../node/casework/index.ts";
import { items } from "../../../node/casework/records.ts";
import { filesBelow, found as foundOnDisk, textNeedle } from "../../endtoend/disk.ts";
import type {
  noticeDetail,
  noticePreview,
  noticeView,
  takedownRow,
  waitingContact,
} from "../../../node/takedown/views.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "../desks/support.ts";
import { cleanUp, found, hotlineB, until, type Place } from "../federation/support.ts";
import { attachedJson, startMailServer, type MailServer, type ReceivedMail } from "./mail-server.ts";
import { bounceMail, replyMail } from "./mails.ts";
import { receivedReport } from "./received.ts";

type Detail = View<typeof reportDetail>;
type Shown = View<typeof noticeView>;

let site: Site;
let mail: MailServer;
let place: Place;
let otherHotline: Place;
let member: TestMember;
let analyst: Caller;

beforeEach(async () => {
  site = await startSite();
  mail = await startMailServer();
  const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
  [place, otherHotline] = places as [Place, Place];
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
  await Promise.all([site.stop(), mail.stop()]);
});

const replies = {
  address: "notices@hotline-b.example",
  port: 0,
  most: "64KiB",
  perNotice: 5,
  readTime: "60s",
};

async function start(takedown: Record<string, unknown> = {}, registrar?: string): Promise<void> {
  member = await startMember(place, {
    ...(registrar !== undefined && { registrar }),
    kind: "hotline",
    site,
    hostedIn: "XA",
    smtpPort: mail.port,
    settings: { takedown: { replies, ...takedown } },
  });
  analyst = await member.person("Analyst", "analyst");
}

const toNotify = (seed = 1) => receivedReport(member, otherHotline, site, seed);
const call = <T>(method: "GET" | "POST", path: string, body?: unknown) =>
  member.call(analyst, method, path, body) as Promise<T>;
const get = (id: string) => call<Detail>("GET", `/reports/${id}`);
const approve = (id: string, approveContact = "abuse@provider.example") =>
  call<{ notice: string; state: string }>("POST", `/reports/${id}/notice`, { approveContact });
const noticesOf = async (id: string) =>
  (await call<{ notices: Shown[] }>("GET", `/reports/${id}/notices`)).notices;
const details = (notice: string) => call<View<typeof noticeDetail>>("GET", `/notices/${notice}`);
const board = async () => (await call<{ rows: View<typeof takedownRow>[] }>("GET", "/takedowns")).rows;
const waiting = async () =>
  (await call<{ rows: View<typeof waitingContact>[] }>("GET", "/contacts/waiting")).rows;
const kinds = async (id: string) =>
  (await call<View<typeof custodyView>>("GET", `/custody/${id}`)).entries.map(({ kind }) => kind);
const mailed = (count: number) => until(`${count} mails`, () => mail.mails.length >= count);
const header = ({ message }: ReceivedMail, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "imu").exec(message)?.[1]?.replaceAll(/\r\n\s+/gu, " ");
const sent = async (id: string) => {
  await until("notified", async () => (await get(id)).state === "notified");
  return (await noticesOf(id))[0] as Shown;
};

/** Hands a mail to the node as the organisation's mail server does. */
async function handOn(to: string, raw: string, from = ""): Promise<void> {
  const transport = createTransport({
    host: "127.0.0.1",
    port: member.takedown.repliesPort,
    ignoreTLS: true,
  });
  try {
    await transport.sendMail({ envelope: { from, to }, raw });
  } finally {
    transport.close();
  }
}

describe("before a notice", () => {
  test("a person sees its exact words, in the contact's language, and nobody's name", async () => {
    await start({
      contacts: [{ provider: "Example Hosting", abuse: "desk@provider.example", language: "de" }],
    });
    const id = await toNotify();
    expect(await waiting()).toMatchObject([
      {
        report: { id },
        step: "provider",
        why: "first",
        provider: "Example Hosting",
        candidates: [
          { address: "abuse@provider.example", source: "configured", approved: false },
          { address: "desk@provider.example", source: "configured", approved: false },
        ],
      },
    ]);
    const preview = await call<View<typeof noticePreview>>("POST", `/reports/${id}/notice/preview`, {
      contact: "Desk@provider.example",
    });
    expect(preview).toMatchObject({
      contact: "desk@provider.example",
      way: "mail",
      step: "provider",
      round: 1,
      approved: false,
      text: { language: "de", verified: false },
      words: { language: "de", subject: expect.stringContaining("Meldung") },
    });
    expect(preview.words.xarf).toMatchObject([{ type: "csam", url: `${site.origin}/1.jpg` }]);
    expect(mail.mails).toEqual([]);
    await approve(id, "desk@provider.example");
    const notice = await sent(id);
    const { words } = await details(notice.id);
    const alike = (text = "") => text.replaceAll(/\s+/gu, " ");
    expect(alike(words?.text)).toBe(alike(preview.words.text));
    const { message } = mail.mails[0] as ReceivedMail;
    const pseudonym = analyst.pseudonymFor(id);
    for (const never of ["Analyst", pseudonym, "hash_values", "SHA-256"])
      expect([message, JSON.stringify(words), JSON.stringify(attachedJson(message))].join()).not.toContain(
        never,
      );
    expect(await waiting()).toEqual([]);
  });
});

describe("what comes back", () => {
  test("a bounce is matched, rules the contact out, and another one is asked for", async () => {
    await start();
    const id = await toNotify();
    await approve(id);
    const notice = await sent(id);
    const { from } = mail.mails[0] as ReceivedMail;
    expect(from).toMatch(/^notices\+[0-9a-f]{20}@hotline-b\.example$/u);
    await handOn(from, bounceMail(from, { action: "delayed", status: "4.4.1" }));
    expect((await details(notice.id)).bounced).toMatchObject({ final: false, status: "4.4.1" });
    expect((await get(id)).state).toBe("notified");

    await handOn(from.toUpperCase(), bounceMail(from));
    await handOn(from, bounceMail(from));
    const after = await details(notice.id);
    expect(after.bounced).toMatchObject({ final: true, status: "5.1.1" });
    expect(after.replyList.map(({ kind }) => kind)).toEqual(["bounce", "bounce"]);
    expect(after.acknowledged).toBeUndefined();
    expect(await get(id)).toMatchObject({
      state: "to-notify",
      route: { sentence: expect.stringContaining("Nothing reaches the contact") },
    });
    expect(await waiting()).toMatchObject([{ report: { id }, step: "site-owner", why: "undeliverable" }]);
    expect((await get(id)).timestamps.providerAcknowledged).toBeUndefined();
    expect((await kinds(id)).filter((kind) => kind === "notice.bounce")).toHaveLength(2);

    const other = await toNotify(2);
    expect((await waiting()).find(({ report }) => report.id === other)?.candidates).toMatchObject([
      { address: "abuse@provider.example", approved: false, undeliverable: true },
    ]);
  });

  test("answers are kept as text, acknowledge the notice, and their ticket goes into the reminder", async () => {
    const ladder = [{ to: "provider", notices: 2 }];
    await start({ repeatAfter: "1h", ladder });
    const id = await toNotify();
    await approve(id);
    await sent(id);
    const [first] = mail.mails as [ReceivedMail];
    const subject = "[Ticket#2026112210000123] Re: Notice";
    await handOn(first.from, replyMail(first.from, { subject, header: "Auto-Submitted: auto-replied" }));
    const acknowledged = (await get(id)).timestamps.providerAcknowledged;
    expect(acknowledged).toBeGreaterThan(0);
    const attachment = { name: "../../proof.jpg", bytes: Buffer.alloc(500, 7) };
    const words = "<b>We</b> look.";
    await handOn(first.from, replyMail(first.from, { attachment, text: words }), "abuse@provider.example");
    await member.stop();
    await start({ repeatAfter: "100ms", ladder });
    await mailed(2);
    const second = mail.mails[1] as ReceivedMail;
    const messageId = header(first, "message-id");
    expect(header(second, "subject")).toMatch(/^Re: \[Ticket#2026112210000123\] Reminder 1: /u);
    expect(header(second, "in-reply-to")).toBe(messageId);
    expect(header(second, "references")).toBe(messageId);
    expect(second.from).not.toBe(first.from);
    const all = await noticesOf(id);
    const { replyList, ticket } = await details(all.at(-1)?.id ?? "");
    expect(ticket).toBe("[Ticket#2026112210000123]");
    expect(replyList).toMatchObject([
      { kind: "automatic", text: "We look at it." },
      { kind: "answer", text: words, attachments: [{ name: "../../proof.jpg", bytes: 500 }] },
    ]);
    expect((await get(id)).timestamps.providerAcknowledged).toBe(acknowledged);
    expect(await kinds(id)).toEqual(expect.arrayContaining(["notice.automatic", "notice.answer"]));

    await member.stop();
    const token = /\+(\w+)@/u.exec(first.from)?.[1] ?? "";
    const secrets = [
      "We look at it.",
      words,
      "2026112210000123",
      "proof.jpg",
      "abuse@provider.example",
      token,
    ];
    expect(foundOnDisk(secrets.map(textNeedle), await filesBelow(place.folder))).toEqual([]);
    expect(foundOnDisk(secrets.map(textNeedle), [{ name: "tried", bytes: Buffer.from(words) }])).toHaveLength(
      1,
    );
    await start();
  });

  test("anything else is refused at the door, and the door bears it", async () => {
    await start();
    const id = await toNotify();
    await approve(id);
    const notice = await sent(id);
    const { from } = mail.mails[0] as ReceivedMail;
    const other = from.replace(
      /[0-9a-f]{20}/u,
      (token) => (token.startsWith("0") ? "1" : "0") + token.slice(1),
    );
    for (const to of [
      other,
      "notices@hotline-b.example",
      from.replace("hotline-b", "hotline-c"),
      "postmaster@x.example",
    ])
      await expect(handOn(to, replyMail(to))).rejects.toMatchObject({ responseCode: 550 });
    await expect(handOn(from, replyMail(from, { text: "x".repeat(70_000) }))).rejects.toMatchObject({
      responseCode: 552,
    });
    const answer = replyMail(from);
    await handOn(from, answer);
    await handOn(from, answer);
    expect((await details(notice.id)).replyList).toHaveLength(1);
    for (const number of [2, 3, 4, 5]) await handOn(from, replyMail(from, { text: `answer ${number}` }));
    await expect(handOn(from, replyMail(from, { text: "one more" }))).rejects.toMatchObject({
      responseCode: 550,
    });
    expect((await details(notice.id)).replyList).toHaveLength(5);
  });
});

describe("the ladder", () => {
  test("goes from the provider to the site's owner, each contact approved first", async () => {
    const ladder = [
      { to: "provider", notices: 2 },
      { to: "site-owner", notices: 1 },
    ];
    await start({ repeatAfter: "200ms", ladder });
    const id = await toNotify();
    await approve(id);
    await mailed(2);
    await until("asked", async () => (await waiting()).length === 1);
    expect(await waiting()).toMatchObject([{ step: "site-owner", why: "still-online" }]);
    expect(await board()).toMatchObject([
      { report: { id }, state: "to-approve", step: "site-owner", next: { what: "approve" } },
    ]);
    expect(await get(id)).toMatchObject({
      state: "to-notify",
      route: { sentence: expect.stringContaining("Still online after 2 notices") },
    });
    expect(mail.mails).toHaveLength(2);
    await approve(id, "owner@site.example");
    await until("the owner is told", () => mail.mails.at(-1)?.to[0] === "owner@site.example");
    await until("nobody is left", async () => (await waiting())[0]?.why === "exhausted");
    const [latest] = await noticesOf(id);
    expect((await details(latest?.id ?? "")).words?.text).toContain("web site that you run");
    expect(mail.mails).toHaveLength(3);
  });

  test("goes on by itself where the next contact was approved before", async () => {
    const ladder = [
      { to: "provider", notices: 1 },
      { to: "registrar", notices: 1 },
    ];
    const registrar = "desk@registrar.example";
    await start({ repeatAfter: "200ms", ladder }, registrar);
    const [one, two] = [await toNotify(1), await toNotify(2)];
    await approve(one);
    await until("asked", async () => (await waiting()).some(({ report }) => report.id === one));
    await approve(one, registrar);
    await until("the registrar is told", () => mail.mails.at(-1)?.to[0] === registrar);
    await approve(two);
    await until("the registrar is told of the other, too", async () =>
      (await noticesOf(two)).some(({ step, state }) => step === "registrar" && state === "sent"),
    );
  });
});

describe("by hand", () => {
  const form = "https://provider.example/abuse-form";

  test("a notice is written for a person, who says that it was sent", async () => {
    await start({ contacts: [{ provider: "Form Hosting", form }], repeatAfter: "10s" });
    const id = await toNotify();
    const { notice } = await approve(id, form);
    await until("written", async () => (await noticesOf(id))[0]?.state === "to-send");
    expect(await board()).toMatchObject([
      { state: "to-send", contact: form, next: { what: "send-by-hand" } },
    ]);
    expect((await details(notice)).words?.text).toContain(`${site.origin}/1.jpg`);
    expect((await get(id)).timestamps.noticeSent).toBeUndefined();
    await call("POST", `/notices/${notice}/sent`, { ticket: "WEB-20261" });
    await call("POST", `/notices/${notice}/sent`, { ticket: "WEB-20261" });
    expect(await sent(id)).toMatchObject({ way: "hand", ticket: "WEB-20261", round: 1 });
    expect((await kinds(id)).filter((kind) => kind === "notice.sent-by-hand")).toHaveLength(1);
    expect(await board()).toMatchObject([{ state: "notified", next: { what: "remind" } }]);
    expect(mail.mails).toEqual([]);
    site.files.clear();
    await until("removed", async () => (await get(id)).state === "removed");
    expect(await board()).toEqual([]);
  });

  test("it can go by mail instead, and no other notice is said to be sent by hand", async () => {
    await start();
    const id = await toNotify();
    const first = await approve(id, form);
    await until("written", async () => (await noticesOf(id))[0]?.state === "to-send");
    expect(await approve(id, form)).toMatchObject({ notice: first.notice, state: "to-send" });
    const second = await approve(id);
    expect(second.notice).not.toBe(first.notice);
    await sent(id);
    expect((await noticesOf(id)).map(({ state }) => state)).toEqual(["sent", "cancelled"]);
    for (const notice of [first.notice, second.notice])
      await expect(call("POST", `/notices/${notice}/sent`, {})).rejects.toMatchObject({
        code: "takedown/not-by-hand",
      });
    await expect(call("POST", `/notices/${"0".repeat(32)}/sent`, {})).rejects.toMatchObject({
      code: "takedown/no-such-notice",
    });
  });
});

describe("a report that is closed", () => {
  test("is told to nobody any more, also where the notice lies with a person", async () => {
    await start({ groupingWindow: "2s" });
    const [one, two] = [await toNotify(1), await toNotify(2)];
    const form = "https://provider.example/abuse-form";
    const { notice } = await approve(one, form);
    expect(await approve(two, form)).toMatchObject({ notice });
    await until("written", async () => (await noticesOf(one))[0]?.state === "to-send");
    await call("POST", `/reports/${one}/close`, { reason: "Filed by mistake." });
    await until("written anew", async () => {
      const { state, words } = await details(notice);
      return state === "to-send" && !words?.text.includes("/1.jpg");
    });
    await call("POST", `/notices/${notice}/sent`, {});
    await sent(two);
    expect((await get(one)).state).toBe("closed");
    expect((await board()).map(({ report }) => report.id)).toEqual([two]);
    expect(await waiting()).toEqual([]);
  });

  test("nor is what a person holds to be legal by now", async () => {
    await start({ groupingWindow: "2s" });
    const id = await toNotify();
    await approve(id);
    await member.commit.run(async (unit) => {
      const [item] = await member.casework.itemsOf(unit, id);
      const assessments = item?.assessments.map((one) => ({ ...one, withdrawn: true })) ?? [];
      if (item) unit.put(items, [id, item.id], { ...item, assessments });
    });
    await until("cancelled", async () => (await noticesOf(id))[0]?.state === "cancelled");
    expect(mail.mails).toEqual([]);
  });
});

describe("a contact's day", () => {
  test("has an end: what is too much waits", async () => {
    await start({ mostPerDay: 1, repeatAfter: "1h" });
    const [one, two] = [await toNotify(1), await toNotify(2)];
    await approve(one);
    await sent(one);
    await approve(two);
    const tomorrow = Date.now() + 23 * 60 * 60 * 1000;
    await until("put off", async () => ((await noticesOf(two))[0]?.sendAt ?? 0) > tomorrow);
    expect((await noticesOf(two))[0]?.state).toBe("waiting");
    expect(mail.mails).toHaveLength(1);
    // Another contact's day is empty.
    const three = await toNotify(3);
    await approve(three, "desk@provider.example");
    await sent(three);
    expect((await board()).map(({ report, state }) => [report.id, state])).toEqual([
      [one, "notified"],
      [two, "waiting"],
      [three, "notified"],
    ]);
  });
});

describe("a provider's interface", () => {
  let api: Server;
  let posts: { key: string | undefined; url: string }[];
  let answers: ((response: ServerResponse) => void)[];
  let url: string;
  const startWithApi = () =>
    start({
      groupingWindow: "300ms",
      repeatAfter: "1h",
      apiAllow: [new URL(url).host],
      contacts: [
        { provider: "Example Hosting", api: { url, answerId: "id" }, abuse: "desk@provider.example" },
      ],
    });

  beforeEach(async () => {
    posts = [];
    answers = [];
    api = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { url: about } = JSON.parse(text) as { url: string };
        posts.push({ key: request.headers["idempotency-key"]?.toString(), url: about });
        const answer = answers.shift() ?? ((one) => void one.writeHead(202).end('{"id":"P-77001"}'));
        answer(response);
      });
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/reports`;
    await startWithApi();
  });
  afterEach(() => new Promise((resolve) => void api.close(resolve).closeAllConnections()));

  test("takes one report per URL, is asked again when it says so, and gets none twice", async () => {
    answers = [
      (one) => void one.writeHead(202).end('{"id":"P-77001"}'),
      (one) => void one.writeHead(429, { "retry-after": "1" }).end(),
      (one) => void one.writeHead(500).end(),
    ];
    const [one, two] = [await toNotify(1), await toNotify(2)];
    await approve(one, url);
    await approve(two, url);
    const notice = await sent(one);
    expect(notice).toMatchObject({ way: "api", ticket: "P-77001", items: 2, state: "sent" });
    expect(notice.acknowledged).toBeGreaterThan(0);
    expect((await get(two)).timestamps.providerAcknowledged).toBeGreaterThan(0);
    expect(posts.map((post) => new URL(post.url).pathname)).toEqual(["/1.jpg", "/2.jpg", "/2.jpg", "/2.jpg"]);
    expect(new Set(posts.map(({ key }) => key)).size).toBe(2);
    expect(mail.mails).toEqual([]);
  });

  test("gets nothing twice that it has taken when the node falls in the middle", async () => {
    answers = [(one) => void one.writeHead(202).end('{"id":"P-77001"}'), () => undefined];
    const [one, two] = [await toNotify(1), await toNotify(2)];
    await approve(one, url);
    await approve(two, url);
    await until("the second is on its way", () => posts.length === 2);
    await member.stop();
    await startWithApi();
    expect(await sent(one)).toMatchObject({ ticket: "P-77001", items: 2 });
    expect(posts.map((post) => new URL(post.url).pathname)).toEqual(["/1.jpg", "/2.jpg", "/2.jpg"]);
    expect(posts[2]?.key).toBe(posts[1]?.key);
  });

  test("that refuses brings the notice back to a person", async () => {
    answers = [(one) => void one.writeHead(400).end()];
    const id = await toNotify();
    await approve(id, url);
    await until("failed", async () => (await noticesOf(id))[0]?.state === "failed");
    expect(await waiting()).toMatchObject([{ report: { id }, why: "failed" }]);
    expect((await get(id)).route?.sentence).toContain("interface refused");
    expect(posts).toHaveLength(1);
    await approve(id, "desk@provider.example");
    await sent(id);
    expect(mail.mails).toHaveLength(1);
  });
});
