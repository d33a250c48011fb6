/** Holds of police between real nodes, over a real site and a real mail server, on a clock that leaps. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../../node/accounts/index.ts";
import type {
  custodyView,
  escalationView,
  holdStatisticView,
  holdView,
  placedHoldView,
  reportDetail,
} from "../../../node/casework/index.ts";
import { leapingClock, type LeapingClock } from "../../support/leaping-clock.ts";
import { picture } from "../../support/pictures.ts";
import { putPage, startMember, startSite, type Site, type TestMember, type View } from "../desks/support.ts";
import { cleanUp, found, until, type Described, type Place } from "../federation/support.ts";
import { attachedJson, startMailServer, type MailServer } from "./mail-server.ts";

type Detail = View<typeof reportDetail>;
type Hold = View<typeof holdView>;
type Placed = View<typeof placedHoldView>;

const HOUR = 3_600_000;
const roster: Described[] = [
  { name: "Hotline A", country: "XA", kind: "hotline" },
  { name: "Police A", country: "XA", kind: "lea" },
  { name: "Police D", country: "XD", kind: "lea" },
];
const members = { hotline: 0, police: 1, foreign: 2 };

let site: Site;
let mail: MailServer;
let places: Place[];
let clock: LeapingClock;
let hotline: TestMember;
let police: TestMember;
let analyst: Caller;
let officer: Caller;
const started = new Set<TestMember>();

beforeEach(async () => {
  site = await startSite();
  mail = await startMailServer(({ message }) => {
    for (const { url } of attachedJson(message)) site.files.delete(new URL(String(url)).pathname);
  });
  clock = leapingClock();
  places = [...(await found(roster, clock)).places];
  [hotline, police] = await Promise.all([start("hotline"), start("police")]);
  analyst = await hotline.person("Analyst", "analyst");
  officer = await police.person("Officer", "officer");
});
afterEach(async () => {
  for (const member of started) await member.stop();
  started.clear();
  await cleanUp();
  await Promise.all([site.stop(), mail.stop()]);
});

async function start(who: keyof typeof members, takedown: Record<string, unknown> = {}): Promise<TestMember> {
  const index = members[who];
  const member = await startMember(places[index] as Place, {
    kind: roster[index]?.kind ?? "hotline",
    site,
    clock,
    hostedIn: "XA",
    smtpPort: mail.port,
    settings: {
      takedown: {
        holds: { lookInterval: "100ms", longest: "10h", remindBefore: "1h", ...(takedown["holds"] ?? {}) },
      },
      desks: { police: { remindBefore: "1h", holdFor: "6h" } },
    },
  });
  started.add(member);
  return member;
}

async function stop(member: TestMember): Promise<void> {
  started.delete(member);
  await member.stop();
}

const get = async (id: string) => (await hotline.call(analyst, "GET", `/reports/${id}`)) as Detail;
const approve = (id: string) =>
  hotline.call(analyst, "POST", `/reports/${id}/notice`, { approveContact: "abuse@provider.example" });
const kinds = async (id: string) =>
  ((await hotline.call(analyst, "GET", `/custody/${id}`)) as View<typeof custodyView>).entries.map(
    ({ kind }) => kind,
  );
const holdsHere = async () => ((await hotline.call(analyst, "GET", "/holds")) as { holds: Hold[] }).holds;
const holdAt = async (id: string) => (await police.call(officer, "GET", `/holds/${id}`)) as Placed;

/** A report that is hosted here and waits for its notice, with one baseline picture at `/SEED.jpg`. */
async function toNotify(seed: number): Promise<string> {
  const body = await picture(seed, { width: 96, height: 72 });
  const url = putPage(site, `/${seed}.html`, { [`/${seed}.jpg`]: body });
  const filed = (await hotline.call(analyst, "POST", "/reports", { url, source: "public" })) as {
    id: string;
  };
  await until("captured", async () => (await get(filed.id)).state === "to-classify");
  for (const item of (await get(filed.id)).itemList)
    await hotline.call(analyst, "PUT", `/items/${item.id}/draft`, { verdict: "baseline", facts: {} });
  await hotline.call(analyst, "POST", `/reports/${filed.id}/complete`);
  return filed.id;
}

async function escalationOf(report: string): Promise<string> {
  let id: string | undefined;
  await until("police have the escalation", async () => {
    const { escalations } = (await police.call(officer, "GET", "/escalations")) as {
      escalations: View<typeof escalationView>[];
    };
    id = escalations.find((one) => one.report === report)?.id;
    return id !== undefined;
  });
  return id ?? "";
}

const why = { reason: "The operator is being identified.", legalBasis: "Example Act A, section 9" };
const ask = async (more: object, member = police, who = officer) =>
  (await member.call(who, "POST", "/holds", { ...why, ...more })) as Placed;

/** Asks for a hold on a report, and waits until the hotline says that it is in force. */
async function heldByPolice(report: string, hours = 6): Promise<Placed> {
  const expires = clock.now() + hours * HOUR;
  const { id } = await ask({ escalation: await escalationOf(report), reference: "LEA-88", expires });
  await until("the hold is in force", async () => (await holdAt(id)).state === "in-force");
  return holdAt(id);
}

async function looks(id: string): Promise<number> {
  return (await holdsHere()).find((hold) => hold.held.some(({ report }) => report === id))?.cost.looks ?? 0;
}

test("a hold stops a notice, is paid for in hours online, and lets go by itself after a restart", async () => {
  const id = await toNotify(1);
  const placed = await heldByPolice(id);
  expect(placed).toMatchObject({ to: { name: "Hotline A" }, reference: "LEA-88", cost: { watched: 1 } });
  const atHotline = await get(id);
  expect(atHotline.route?.sentence).toContain("Held until");
  expect(atHotline.holds).toEqual([{ from: expect.any(Number) }]);
  expect(await holdsHere()).toMatchObject([
    { owner: "Police A", reference: "LEA-88", state: "running", daysLeft: 0, endsSoon: false, ...why },
  ]);

  await approve(id);
  const before = await looks(id);
  clock.leap(2 * HOUR);
  await until("looked at twice more", async () => (await looks(id)) >= before + 2);
  expect(mail.mails).toEqual([]);

  const later = clock.now() + 5 * HOUR;
  await police.call(officer, "POST", `/holds/${placed.id}/extend`, { expires: later });
  await until("extended", async () => (await holdAt(placed.id)).expires === later);
  clock.leap(4.5 * HOUR);
  await until("both are reminded", async () => {
    const here = (await holdsHere())[0]?.history.some(({ what }) => what === "reminded");
    const there = (await holdAt(placed.id)).history.map(({ event }) => event);
    return !!here && there.includes("reminded") && there.includes("ends-soon");
  });
  expect(mail.mails).toEqual([]);

  await stop(hotline);
  clock.leap(HOUR);
  hotline = await start("hotline");
  analyst = await hotline.person("Analyst", "analyst");
  await until("the notice left by itself", async () => (await get(id)).state === "removed");
  expect(mail.mails).toHaveLength(1);
  await until("police have the final cost", async () => (await holdAt(placed.id)).outcome === "expired");
  const { cost, state } = await holdAt(placed.id);
  expect(state).toBe("ended");
  expect(cost?.onlineFor).toBeGreaterThan(6 * HOUR);
  expect((await get(id)).holds).toEqual([{ from: expect.any(Number), until: expect.any(Number) }]);
  expect(await kinds(id)).toEqual(
    expect.arrayContaining([
      "hold.placed",
      "hold.began",
      "hold.extended",
      "hold.ends-soon",
      "hold.ended",
      "hold.left",
    ]),
  );
  const statistic = (await hotline.call(analyst, "GET", "/holds/statistics")) as View<
    typeof holdStatisticView
  >;
  expect(statistic).toMatchObject({ holds: 1, inForce: 0, ended: { expired: 1 }, watched: 1, gone: 0 });
}, 60_000);

test("the agency learns when what it holds vanishes and comes back; nothing was sent", async () => {
  const id = await toNotify(2);
  const { id: hold } = await heldByPolice(id);
  await until("seen online", async () => (await looks(id)) > 0);
  const file = site.files.get("/2.jpg");
  site.files.delete("/2.jpg");
  await until("told that it is gone", async () => (await holdAt(hold)).cost?.gone === 1);
  expect((await holdAt(hold)).history.find(({ event }) => event === "gone")?.urls).toEqual([
    `${site.origin}/2.jpg`,
  ]);
  expect(await get(id)).toMatchObject({ state: "removed" });
  if (file) site.files.set("/2.jpg", file);
  await hotline.commit.run((unit) =>
    hotline.jobs.schedule(unit, { kind: "takedown.recheck", id, payload: { report: id } }),
  );
  await until("told that it is back", async () => (await holdAt(hold)).cost?.gone === 0);
  const back = await get(id);
  expect(back.state).toBe("to-notify");
  expect(back.timestamps).toHaveProperty("backOnline");
  expect(back.moments.map(({ what }) => what)).toEqual(
    expect.arrayContaining(["firstOffline", "confirmedOffline", "backOnline"]),
  );
  expect(mail.mails).toEqual([]);
}, 60_000);

describe("two holds on one report", () => {
  test("must both end; a letter's is ended by people here, a member's only by that member", async () => {
    const id = await toNotify(3);
    await approve((await heldThenLetter(id)).report);
    const [letter, statement] = await holdsHere();
    await expect(
      hotline.call(analyst, "POST", `/holds/${statement?.id}/release`, { outcome: "may-notify" }),
    ).rejects.toMatchObject({ code: "takedown/not-your-hold" });
    const placed = (await police.call(officer, "GET", "/holds")) as { holds: Placed[] };
    await police.call(officer, "POST", `/holds/${placed.holds[0]?.id}/release`, { outcome: "may-notify" });
    await until("one ended", async () => (await holdsHere()).some(({ state }) => state === "ended"));
    const before = await looks(id);
    await until("still looked at", async () => (await looks(id)) > before + 1);
    expect(mail.mails).toEqual([]);
    await hotline.call(analyst, "POST", `/holds/${letter?.id}/release`, { outcome: "may-notify" });
    await until("the notice left", async () => (await get(id)).state === "removed");
    expect(mail.mails).toHaveLength(1);
  }, 60_000);

  async function heldThenLetter(report: string): Promise<{ report: string }> {
    await heldByPolice(report);
    await hotline.call(analyst, "POST", "/holds", { ...why, agency: "Customs of XA", hosts: ["127.0.0.1"] });
    await until("the letter's is in force", async () =>
      (await holdsHere()).every(({ state, held }) => state === "running" && held.length === 1),
    );
    return { report };
  }
});

test("a node that falls right after taking in a hold, or its end, goes on where it was", async () => {
  const id = await toNotify(7);
  await hotline.jobs.stop();
  await approve(id);
  const agency = "Customs of XA";
  const letter = (await hotline.call(analyst, "POST", "/holds", { ...why, agency, report: id })) as Hold;
  expect(letter.state).toBe("finding");
  await stop(hotline);
  hotline = await start("hotline");
  await until("in force, and looked at", async () => (await looks(id)) > 1);
  expect(mail.mails).toEqual([]);

  await hotline.jobs.stop();
  await hotline.call(analyst, "POST", `/holds/${letter.id}/release`, { outcome: "may-notify" });
  expect((await holdsHere())[0]).toMatchObject({ state: "ending", outcome: "may-notify" });
  await stop(hotline);
  hotline = await start("hotline");
  await until("the notice left", async () => (await get(id)).state === "removed");
  expect(mail.mails).toHaveLength(1);
  const steps = await kinds(id);
  for (const kind of ["hold.began", "hold.left", "notice.sent"])
    expect(steps.filter((one) => one === kind)).toHaveLength(1);
}, 60_000);

test("released with “do not notify”, a person decides again", async () => {
  const id = await toNotify(4);
  const { id: hold } = await heldByPolice(id);
  await approve(id);
  await police.call(officer, "POST", `/holds/${hold}/release`, { outcome: "do-not-notify" });
  await until(
    "it ended",
    async () => (await holdAt(hold)).cost !== undefined && (await holdsHere())[0]?.state === "ended",
  );
  expect((await get(id)).route?.sentence).toContain("asks not to tell the provider");
  expect(await kinds(id)).toContain("notice.cancelled");
  expect(mail.mails).toEqual([]);
  await approve(id);
  await until("a person's approval sends it", async () => (await get(id)).state === "removed");
}, 60_000);

test("on what was noticed before, and on what is reported later by its host", async () => {
  await stop(hotline);
  hotline = await start("hotline");
  mail.mails.splice(0);
  const one = await toNotify(5);
  const body = site.files.get("/5.jpg");
  await approve(one);
  await until("removed", async () => (await get(one)).state === "removed");
  if (body) site.files.set("/5.jpg", body);
  const { id } = await ask({ hosts: ["127.0.0.1"] });
  await until("in force", async () => (await holdAt(id)).state === "in-force");
  expect((await holdAt(id)).cost).toMatchObject({ watched: 1, noticedBefore: 1 });
  expect((await get(one)).route?.sentence).toContain("had been told before");
  const two = await toNotify(6);
  expect((await get(two)).route?.sentence).toContain("Held until");
  await approve(two);
  await until("looked at", async () => (await holdsHere()).some(({ cost }) => cost.looks > 3));
  expect(mail.mails).toHaveLength(1);
}, 60_000);

describe("refused is", () => {
  test.each([
    [
      "a foreign police's, on hosts here",
      { hosts: ["pictures.example"] },
      "desks/not-competent-to-hold",
      "foreign",
    ],
    ["one on a whole suffix", { hosts: ["co.uk"] }, "takedown/hold-too-wide", "police"],
  ] as const)(
    "%s",
    async (_, scope, code, who) => {
      const member = who === "police" ? police : await start("foreign");
      const person = await member.person("Officer", "officer");
      const { id } = await ask({ ...scope, hotline: places[0]?.memberId }, member, person);
      await until("answered", async () => {
        const hold = (await member.call(person, "GET", `/holds/${id}`)) as Placed;
        return hold.state === "refused" && hold.code === code;
      });
      expect(await holdsHere()).toEqual([]);
    },
    60_000,
  );

  test("one that covers nothing, or is over", async () => {
    await expect(ask({})).rejects.toMatchObject({ code: "desks/hold-covers-nothing" });
    await expect(ask({ hosts: ["pictures.example"], expires: 1 })).rejects.toMatchObject({
      code: "desks/hold-over",
    });
    const letter = { ...why, agency: "Customs of XA" };
    await expect(hotline.call(analyst, "POST", "/holds", letter)).rejects.toMatchObject({
      code: "takedown/hold-covers-nothing",
    });
    await expect(
      hotline.call(analyst, "POST", "/holds", { ...letter, hosts: ["a.example"], expires: 1 }),
    ).rejects.toMatchObject({ code: "takedown/hold-over" });
  });

  test("not: one that is too long; it runs as long as holds run here", async () => {
    const { id, expires } = await ask({ hosts: ["pictures.example"], expires: clock.now() + 20 * HOUR });
    await until("in force", async () => (await holdAt(id)).state === "in-force");
    expect((await holdAt(id)).expires).toBeLessThanOrEqual(expires - 9 * HOUR);
  }, 60_000);
});
