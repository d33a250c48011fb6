/** Notices and re-checks over a real site and a real mail server. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { factsSchema } from "@wardline/protocol/vocabulary";
import type { Caller } from "../../../node/accounts/index.ts";
import type { custodyView, reportDetail } from "../../../node/casework/index.ts";
import { picture } from "../../support/pictures.ts";
import { putPage, startMember, startSite, type Site, type TestMember, type View } from "../desks/support.ts";
import { cleanUp, found, hotlineB, newId, until, type Place } from "../federation/support.ts";
import { attachedJson, startMailServer, type MailServer } from "./mail-server.ts";
import { receivedReport } from "./received.ts";

type Detail = View<typeof reportDetail>;

let site: Site;
let mail: MailServer;
let place: Place;
let otherHotline: Place;
let member: TestMember;
let analyst: Caller;
/** What the provider does with a notice. */
let provider: (paths: string[]) => void;

const takeDown = (paths: string[]) => paths.forEach((path) => site.files.delete(path));

beforeEach(async () => {
  site = await startSite();
  provider = takeDown;
  mail = await startMailServer(({ message }) =>
    provider(attachedJson(message).map(({ url }) => new URL(String(url)).pathname)),
  );
  const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
  [place, otherHotline] = places as [Place, Place];
  await restart();
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
  await Promise.all([site.stop(), mail.stop()]);
});

async function restart(takedown: Record<string, unknown> = {}, hostedIn = "XA"): Promise<void> {
  member = await startMember(place, {
    kind: "hotline",
    site,
    hostedIn,
    smtpPort: mail.port,
    settings: { takedown },
  });
  analyst = await member.person("Analyst", "analyst");
}

const get = async (id: string) => (await member.call(analyst, "GET", `/reports/${id}`)) as Detail;
const state = async (id: string) => (await get(id)).state;
const approve = (id: string, approveContact = "abuse@provider.example") =>
  member.call(analyst, "POST", `/reports/${id}/notice`, { approveContact }) as Promise<{
    notice: string;
    state: string;
  }>;
const kinds = async (id: string) =>
  ((await member.call(analyst, "GET", `/custody/${id}`)) as View<typeof custodyView>).entries.map(
    ({ kind }) => kind,
  );
const mailedPaths = () =>
  mail.mails.map(({ message }) =>
    attachedJson(message)
      .map(({ url }) => new URL(String(url)).pathname)
      .sort(),
  );

/** A report that is hosted here and waits for its notice, with one baseline picture at `/SEED.jpg`. */
const toNotify = (seed: number) => receivedReport(member, otherHotline, site, seed);

/** The same of our own, captured and assessed here. */
async function ownToNotify(seed: number): Promise<string> {
  const url = putPage(site, `/${seed}.html`, {
    [`/${seed}.jpg`]: await picture(seed, { width: 96, height: 72 }),
  });
  const { id } = (await member.call(analyst, "POST", "/reports", { url, source: "public" })) as {
    id: string;
  };
  await until("captured", async () => (await state(id)) === "to-classify");
  for (const item of (await get(id)).itemList)
    await member.call(analyst, "PUT", `/items/${item.id}/draft`, { verdict: "baseline", facts: {} });
  expect(await member.call(analyst, "POST", `/reports/${id}/complete`)).toMatchObject({ state: "to-notify" });
  return id;
}

describe("a notice", () => {
  /** Long enough for a slow machine to do something before the notice leaves. */
  async function withWindow(): Promise<void> {
    await member.stop();
    await restart({ groupingWindow: "2s" });
  }

  test("groups reports to one contact, which a person approves once", async () => {
    await withWindow();
    const [one, two] = [await toNotify(1), await toNotify(2)];
    expect((await get(one)).abuseContact).toEqual({
      address: "abuse@provider.example",
      source: "configured",
      approved: false,
    });
    const first = await approve(one);
    expect(await approve(two)).toMatchObject({ notice: first.notice });
    expect((await get(two)).abuseContact?.approved).toBe(true);
    expect(await approve(one)).toMatchObject({ notice: first.notice });
    for (const id of [one, two]) await until("removed", async () => (await state(id)) === "removed");
    expect(mailedPaths()).toEqual([["/1.jpg", "/2.jpg"]]);
    expect((await kinds(one)).filter((kind) => kind === "contact.approved")).toHaveLength(1);
    expect(await kinds(two)).not.toContain("contact.approved");
    expect(mail.mails[0]?.message).not.toContain("Analyst");
  });

  test("that cannot be written comes back to a person at once, and can be approved again", async () => {
    await withWindow();
    const id = await toNotify(1);
    await approve(id);
    await member.commit.run((unit) =>
      member.casework.change(unit, id, (now) => ({
        ...now,
        hosting: { host: "", source: "unknown", tracedAt: 0, ...now.hosting, address: "" },
      })),
    );
    await until("it has failed", async () => (await kinds(id)).includes("notice.failed"));
    expect(mail.mails).toEqual([]);
    expect(await kinds(id)).not.toContain("notice.sending");
    expect(await get(id)).toMatchObject({
      state: "to-notify",
      route: { sentence: expect.stringContaining("could not be written") },
    });
    await approve(id);
    await until("removed", async () => (await state(id)) === "removed");
  });

  test.each([
    ["no address", "casework/x", "not an address", "takedown/invalid-contact"],
    ["a report that is not assessed", "open", "abuse@provider.example", "takedown/not-hosted-here"],
  ])("is refused for %s", async (_, kind, contact, code) => {
    const url = putPage(site, "/page.html", { "/1.jpg": await picture(1, { width: 96, height: 72 }) });
    const { id } = (await member.call(analyst, "POST", "/reports", { url, source: "public" })) as {
      id: string;
    };
    await until("captured", async () => (await state(id)) === "to-classify");
    await expect(approve(kind === "open" ? id : await toNotify(2), contact)).rejects.toMatchObject({ code });
    expect(mail.mails).toEqual([]);
  });

  test("leaves out what a member told as no address, and says every address in one form", async () => {
    const body = await picture(1, { width: 96, height: 72 });
    putPage(site, "/1.html", { "/1.jpg": body });
    const sha256 = createHash("sha256").update(body).digest("hex");
    const at = Date.now();
    const told = (url: string) => ({
      id: newId(),
      url,
      foundOn: `${site.origin}/1.html`,
      kind: "image" as const,
      mime: "image/jpeg",
      bytes: body.length,
      digests: { sha256 },
      assessments: [
        {
          id: newId(),
          author: otherHotline.memberId,
          pseudonym: "p",
          verdict: "baseline" as const,
          facts: factsSchema.parse({}),
          vocabulary: { id: "wardline-core", version: "1" },
          basis: "seen" as const,
          at,
        },
      ],
      held: true,
    });
    const { report } = await member.commit.run((unit) =>
      member.casework.receiveReport(unit, otherHotline.memberId, {
        report: { id: newId(), reference: "XB-1" },
        url: `${site.origin}/1.html`,
        receivedAt: at,
        capturedAt: at,
        hosting: { host: new URL(site.origin).host, country: "XA", source: "configured", tracedAt: at },
        items: [told("http://"), told("seen by telephone"), told(`${site.origin}/1.j\npg`)],
      }),
    );
    await approve(report.id);
    await until("mailed", () => mail.mails.length === 1);
    expect(mailedPaths()).toEqual([["/1.jpg"]]);
  });

  test("is not sent when nothing is there any more just before", async () => {
    await withWindow();
    const id = await toNotify(1);
    await approve(id);
    takeDown(["/1.jpg"]);
    await until("confirmed", async () => (await state(id)) === "removed");
    expect(mail.mails).toEqual([]);
    expect(await kinds(id)).toContain("notice.cancelled");
    expect((await get(id)).actions.map(({ kind }) => kind)).toContain("unavailable");
    expect((await get(id)).timestamps.noticeSent).toBeUndefined();
  });

  test("leaves out a URL that changed its content", async () => {
    await withWindow();
    const [one, two] = [await toNotify(1), await toNotify(2)];
    await approve(one);
    await approve(two);
    site.files.set("/2.jpg", { type: "image/jpeg", body: await picture(9, { width: 96, height: 72 }) });
    await until("removed", async () => (await state(one)) === "removed");
    expect(mailedPaths()).toEqual([["/1.jpg"]]);
  });

  test("that the server refuses for good comes back to a person", async () => {
    const id = await toNotify(1);
    mail.refuseWith = 550;
    await approve(id, "wrong@provider.example");
    await until("failed", async () => (await kinds(id)).includes("notice.failed"));
    expect(await get(id)).toMatchObject({
      state: "to-notify",
      route: { sentence: expect.stringContaining("refused") },
    });
    mail.refuseWith = undefined;
    await approve(id);
    await until("removed", async () => (await state(id)) === "removed");
    expect(mail.mails.map(({ to }) => to)).toEqual([["abuse@provider.example"]]);
  });

  test("that the server defers is tried again, and is one mail", async () => {
    const id = await toNotify(1);
    mail.refuseWith = 451;
    await approve(id);
    await until(
      "tried",
      async () => (await kinds(id)).filter((kind) => kind === "notice.sending").length >= 2,
    );
    mail.refuseWith = undefined;
    await until("removed", async () => (await state(id)) === "removed");
    expect(mail.mails).toHaveLength(1);
  });

  test("whose host moved abroad goes to nobody here; the report does", async () => {
    await member.stop();
    await restart({ groupingWindow: "3s" });
    const id = await ownToNotify(1);
    await approve(id);
    await member.stop();
    await restart({}, "BB");
    await until("forwarded", async () => (await state(id)) === "forwarded");
    expect((await get(id)).route?.member?.name).toBe("Hotline B");
    expect(await kinds(id)).toContain("report.moved");
    expect(mail.mails).toEqual([]);
  });
});

describe("a crash between the mail server's yes and our own record of it", () => {
  /** Stops the node while it waits for the server's answer: the mail is out, and its sending was only marked. */
  async function crashWhileSending(): Promise<string> {
    const id = await toNotify(1);
    let stopped: Promise<void> | undefined;
    const before = provider;
    provider = (paths) => {
      before(paths);
      stopped ??= member.stop();
    };
    await approve(id);
    await until("mailed", () => mail.mails.length === 1);
    await stopped;
    provider = before;
    await restart();
    return id;
  }

  test("sends nothing twice when the provider has acted meanwhile", async () => {
    const id = await crashWhileSending();
    await until("removed", async () => (await state(id)) === "removed");
    expect(mail.mails).toHaveLength(1);
    expect((await get(id)).timestamps.noticeSent).toBeDefined();
    expect((await get(id)).actions.map(({ kind }) => kind)).toEqual(["reported-to-isp", "removed"]);
  });

  test("sends the same mail again, recognisably, when it has not", async () => {
    provider = () => undefined;
    const id = await crashWhileSending();
    await until("notified", async () => (await state(id)) === "notified");
    const identities = mail.mails.map(({ message }) => [
      /^message-id: .*/im.exec(message)?.[0],
      attachedJson(message)[0]?.["report_id"],
    ]);
    expect(identities).toHaveLength(2);
    expect(identities[0]).toEqual(identities[1]);
    expect((await kinds(id)).filter((kind) => kind === "notice.sent")).toHaveLength(1);
  });
});

describe("re-checks", () => {
  test("take no outage for a removal", async () => {
    provider = () => (site.status = 503);
    const id = await toNotify(1);
    await approve(id);
    await until("seen as unavailable", async () => (await kinds(id)).includes("recheck.unavailable"));
    expect(await get(id)).toMatchObject({ state: "notified" });
    expect((await get(id)).itemList[0]?.online).toBe("online");
    site.status = undefined;
    takeDown(["/1.jpg"]);
    await until("removed", async () => (await state(id)) === "removed");
    expect((await kinds(id)).filter((kind) => kind === "recheck.missing")).toHaveLength(3);
    const { firstOffline = 0, confirmedOffline = 0 } = (await get(id)).timestamps;
    expect(confirmedOffline).toBeGreaterThan(firstOffline);
  });

  test("find what comes back, and open the report again", async () => {
    await member.stop();
    await restart({ afterInterval: "100ms", looksAfter: 100 });
    const id = await toNotify(1);
    const before = site.files.get("/1.jpg");
    await approve(id);
    await until("removed", async () => (await state(id)) === "removed");
    if (before) site.files.set("/1.jpg", before);
    await until("open again", async () => (await state(id)) === "notified");
    expect(await kinds(id)).toContain("report.reopened");
    expect((await get(id)).timestamps.confirmedOffline).toBeUndefined();
    takeDown(["/1.jpg"]);
    await until("removed again", async () => (await state(id)) === "removed");
  });

  test("tell the provider again, and then a person", async () => {
    provider = () => undefined;
    await member.stop();
    await restart({ repeatAfter: "200ms", ladder: [{ to: "provider", notices: 2 }] });
    const id = await toNotify(1);
    await approve(id);
    await until(
      "a person is asked",
      async () => (await get(id)).route?.sentence.includes("another contact") ?? false,
    );
    expect(await state(id)).toBe("to-notify");
    expect(mail.mails.map(({ message }) => /^subject: (Reminder \d+)?/im.exec(message)?.[1])).toEqual([
      undefined,
      "Reminder 1",
    ]);
    provider = takeDown;
    await approve(id, "owner@site.example");
    await until("removed", async () => (await state(id)) === "removed");
    expect(mail.mails.at(-1)?.to).toEqual(["owner@site.example"]);
  });

  test("go on after a restart", async () => {
    provider = () => undefined;
    const id = await toNotify(1);
    await approve(id);
    await until("notified", async () => (await state(id)) === "notified");
    await member.stop();
    takeDown(["/1.jpg"]);
    await restart();
    await until("removed", async () => (await state(id)) === "removed");
    expect(mail.mails).toHaveLength(1);
  });
});
