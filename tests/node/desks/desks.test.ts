/** What each desk accepts, refuses and repeats, between real nodes. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../../node/accounts/index.ts";
import type { contributionView, materialRequestView, reportDetail } from "../../../node/casework/index.ts";
import type { PayloadOf } from "@wardline/protocol/statements";
import { factsSchema } from "@wardline/protocol/vocabulary";
import { suspendMembers, type FederationFiles } from "../../../node/federation/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { picture } from "../../support/pictures.ts";
import { cleanUp, found, newId, until, type Described, type Place } from "../federation/support.ts";
import { putPage, startMember, startSite, type Site, type TestMember, type View } from "./support.ts";

type Detail = View<typeof reportDetail>;
type Contributions = { contributions: View<typeof contributionView>[] };
type Requests = { requests: View<typeof materialRequestView>[] };

const roster: Described[] = [
  { name: "Hotline A", country: "XA", kind: "hotline" },
  { name: "Hotline B", country: "XB", kind: "hotline" },
  { name: "INTERPOL", country: "international", kind: "interpol" },
  { name: "Police B", country: "XB", kind: "lea" },
  { name: "Police D", country: "XD", kind: "lea" },
];

let site: Site;
let places: Place[];
let files: FederationFiles;
let a: TestMember;
let b: TestMember;
let analyst: Caller;
const started = new Set<TestMember>();

beforeEach(async () => {
  site = await startSite();
  const federation = await found(roster);
  places = [...federation.places];
  files = federation.files;
  [a, b] = await Promise.all([start(0), start(1)]);
  analyst = await a.person("Analyst", "analyst");
});
afterEach(async () => {
  for (const member of started) await member.stop();
  started.clear();
  await cleanUp();
  await site.stop();
});

async function start(
  index: number,
  settings: Record<string, Record<string, unknown>> = {},
  hostedIn = "XB",
): Promise<TestMember> {
  const member = await startMember(places[index] as Place, {
    kind: roster[index]?.kind ?? "hotline",
    site,
    settings,
    hostedIn,
  });
  started.add(member);
  return member;
}

async function stop(member: TestMember): Promise<void> {
  started.delete(member);
  await member.stop();
}

const get = async (member: TestMember, who: Caller, id: string) =>
  (await member.call(who, "GET", `/reports/${id}`)) as Detail;

/** A report at A with one picture of this seed, completed with this verdict; hosted in B's country. */
async function reportAtA(seed: number, verdict = "baseline"): Promise<Detail> {
  const url = putPage(site, `/${seed}.html`, {
    [`/${seed}.jpg`]: await picture(seed, { width: 96, height: 72 }),
  });
  const { id } = (await a.call(analyst, "POST", "/reports", { url, source: "public" })) as { id: string };
  await until("captured", async () => (await get(a, analyst, id)).state !== "capturing");
  for (const item of (await get(a, analyst, id)).itemList)
    await a.call(analyst, "PUT", `/items/${item.id}/draft`, { verdict, facts: {} });
  return (await a.call(analyst, "POST", `/reports/${id}/complete`)) as Detail;
}

const forward = (more: Partial<PayloadOf<"report.forward">> = {}): PayloadOf<"report.forward"> => {
  const at = Date.now();
  const url = `${site.origin}/x.html`;
  const hosting = {
    host: `127.0.0.1:${site.port}`,
    country: "XB",
    source: "configured" as const,
    tracedAt: at,
  };
  return {
    report: { id: newId(), reference: "XA-1" },
    url,
    receivedAt: at,
    capturedAt: at,
    hosting,
    items: [shared()],
    ...more,
  };
};
const shared = (author = places[0]?.memberId ?? "", sha256 = "ab".repeat(32)) => ({
  id: newId(),
  url: `${site.origin}/x.jpg`,
  foundOn: `${site.origin}/x.html`,
  kind: "image" as const,
  mime: "image/jpeg",
  bytes: 5,
  digests: { sha256 },
  assessments: [assessment(author)],
  held: true,
});
const assessment = (author: string, verdict: "baseline" | "national" = "baseline") => ({
  id: newId(),
  author,
  pseudonym: "p",
  verdict,
  facts: factsSchema.parse({}),
  vocabulary: { id: "wardline-core", version: "1" },
  basis: "seen" as const,
  at: Date.now(),
});
const receive = (payload: PayloadOf<"report.forward">, from = places[0]?.memberId ?? "") =>
  b.commit.run((unit) => b.casework.receiveReport(unit, from, payload));

describe("a forwarded report", () => {
  test("taken in twice has the effect of one", async () => {
    const payload = forward();
    expect(await receive(payload)).toMatchObject({ isNew: true, added: [{}] });
    const before = await b.casework.report(b.commit, payload.report.id);
    expect(await receive(payload)).toMatchObject({ isNew: false, added: [] });
    expect(await b.casework.report(b.commit, payload.report.id)).toEqual(before);
  });

  test("in two parts is one report with all items", async () => {
    const payload = forward();
    await receive(payload);
    await receive({ ...payload, items: [shared()] });
    expect((await b.casework.report(b.commit, payload.report.id)).counts.items).toBe(2);
  });

  test("grows by one member no further than the settings allow", async () => {
    await stop(b);
    b = await start(1, { casework: { mostItems: 2, mostAnswers: 2 } });
    const payload = forward();
    const { id } = payload.report;
    await receive(payload);
    await receive({ ...payload, items: [shared()] });
    await expect(receive({ ...payload, items: [shared()] })).rejects.toMatchObject({
      code: "casework/too-many-items",
    });
    expect((await b.casework.report(b.commit, id)).counts.items).toBe(2);
    const answer = (at: number, index = 0) =>
      b.commit.run((unit) =>
        b.casework.addFeedback(unit, id, { member: places[index]?.memberId ?? "", status: "seen", at }),
      );
    for (const at of [1, 2, 2]) await answer(at);
    await expect(answer(3)).rejects.toMatchObject({ code: "casework/too-many-answers" });
    await answer(3, 2);
    expect((await b.casework.report(b.commit, id)).feedback).toHaveLength(3);
  });

  test("cannot take another member's report or items over", async () => {
    const payload = forward();
    await receive(payload);
    const stranger = places[2]?.memberId ?? "";
    await expect(receive({ ...payload, items: [shared()] }, stranger)).rejects.toMatchObject({
      code: "casework/report-id-taken",
    });
    await expect(receive(forward({ items: payload.items }))).rejects.toMatchObject({
      code: "casework/item-id-taken",
    });
  });

  test("is called removed by nobody but the member that is competent for it", async () => {
    const payload = forward();
    await receive(payload);
    const { id } = payload.report;
    const to = places[1]?.memberId ?? "";
    const at = Date.now();
    const items = payload.items.map((item) => item.id);
    const outcome = {
      report: payload.report,
      items,
      outcome: "removed" as const,
      at,
      confirmedOfflineAt: at,
    };
    await a.commit.run((unit) =>
      a.federation.say(unit, { type: "notice.outcome", to: [to], payload: outcome, about: id }),
    );
    await until("B has refused it", async () => {
      const [delivery] = await a.federation.deliveriesAbout(a.commit, id);
      return delivery?.state === "rejected" && delivery.detail === "desks/not-competent";
    });
    expect((await b.casework.report(b.commit, id)).state).toBe("to-notify");
  });

  test("carries only its author's own verdicts", async () => {
    const stranger = places[2]?.memberId ?? "";
    const payload = forward({ items: [{ ...shared(), assessments: [assessment(stranger)] }] });
    const { report, added } = await receive(payload);
    expect(added[0]?.assessments).toEqual([]);
    expect(b.casework.illegal(report, added)).toEqual([]);
  });

  test("is overruled by the hosting country, which has looked, and its finder learns of it", async () => {
    const detail = await reportAtA(1, "national");
    const analystB = await b.person("Analyst B", "analyst");
    await until(
      "B has it",
      async () => (await get(b, analystB, detail.id).catch(() => undefined))?.state === "to-notify",
    );
    const item = detail.itemList[0]?.id ?? "";
    await expect(
      b.call(analystB, "PUT", `/items/${item}/draft`, { verdict: "not-illegal", facts: {} }),
    ).rejects.toMatchObject({ code: "casework/not-held" });
    await b.call(analystB, "POST", `/reports/${detail.id}/retry-capture`);
    await until("B holds it", async () => (await get(b, analystB, detail.id)).itemList[0]?.held === true);
    await b.call(analystB, "PUT", `/items/${item}/draft`, { verdict: "not-illegal", facts: {} });
    expect(await b.call(analystB, "POST", `/reports/${detail.id}/complete`)).toMatchObject({
      state: "closed",
    });
    await until("A knows", async () => (await get(a, analyst, detail.id)).state === "closed");
    const [atA] = (await get(a, analyst, detail.id)).itemList;
    expect(atA?.agreed).toMatchObject({ verdict: "not-illegal", rule: "hosting-country-overrules" });
    expect(atA?.assessments.map(({ author, verdict }) => [author.name, verdict])).toEqual([
      ["Hotline A", "national"],
      ["Hotline B", "not-illegal"],
    ]);
  });

  test("waits for a hotline that is away, and arrives once", async () => {
    await stop(b);
    const detail = await reportAtA(1);
    expect(detail.state).toBe("forwarded");
    b = await start(1);
    const analystB = await b.person("Analyst B", "analyst");
    await until(
      "B has it",
      async () => (await get(b, analystB, detail.id).catch(() => undefined)) !== undefined,
    );
    await until("A has the receipt", async () =>
      (await get(a, analyst, detail.id)).deliveries.some(
        ({ type, state }) => type === "report.forward" && state === "accepted",
      ),
    );
    expect((await get(b, analystB, detail.id)).items).toBe(1);
  });
});

describe("an answer about a report", () => {
  /** Says it from outside the report's own path, and gives what A's receipt says of it. */
  async function said(
    by: TestMember,
    type: "lea.feedback" | "icse.outcome",
    payload: PayloadOf<"lea.feedback"> | PayloadOf<"icse.outcome">,
  ): Promise<string | undefined> {
    const about = payload.report.id;
    const to = [places[0]?.memberId ?? ""];
    const statement = await by.commit.run((unit) => by.federation.say(unit, { type, to, payload, about }));
    const settled = async () => {
      const all = await by.federation.deliveriesAbout(by.commit, about);
      return all.find((one) => one.statement === statement && one.state !== "waiting");
    };
    await until("A has answered", async () => (await settled()) !== undefined);
    const delivery = await settled();
    return delivery?.detail ?? delivery?.state;
  }

  test("counts only from police of the country that it was passed on to", async () => {
    const [policeB, policeD] = [await start(3), await start(4)];
    const { id, reference } = await reportAtA(1);
    const answer = { report: { id, reference }, status: "seen" as const, at: Date.now() };
    expect(await said(policeD, "lea.feedback", answer)).toBe("desks/not-concerned");
    expect((await get(a, analyst, id)).feedback).toEqual([]);
    expect(await said(policeB, "lea.feedback", answer)).toBe("accepted");
    expect((await get(a, analyst, id)).feedback).toMatchObject([{ member: { name: "Police B" } }]);
  });

  test("counts from INTERPOL only when the report was offered to it", async () => {
    await stop(a);
    a = await start(0, { desks: { hotline: { contribute: "off" } } });
    const interpol = await start(2);
    const { id, reference, itemList } = await reportAtA(1);
    const item = itemList[0]?.id ?? "";
    const outcome = { report: { id, reference }, item, outcome: "already-known" as const, at: Date.now() };
    expect(await said(interpol, "icse.outcome", outcome)).toBe("desks/not-concerned");
    expect((await get(a, analyst, id)).feedback).toEqual([]);
  });
});

describe("a country without a hotline", () => {
  test("is reached through INTERPOL, which keeps the report as an offer", async () => {
    await stop(a);
    a = await start(0, {}, "XC");
    const interpol = await start(2);
    const officer = await interpol.person("Officer", "officer");
    const detail = await reportAtA(1);
    expect(detail).toMatchObject({ state: "forwarded", route: { member: { name: "INTERPOL" } } });
    await until("INTERPOL accepted it", async () =>
      (await get(a, analyst, detail.id)).deliveries.some(
        ({ type, state }) => type === "report.forward" && state === "accepted",
      ),
    );
    const { contributions } = (await interpol.call(officer, "GET", "/contributions")) as Contributions;
    expect(contributions).toMatchObject([{ verdict: "baseline", contributors: [{ report: detail.id }] }]);
  });

  test("without contributions, only the report is told", async () => {
    await stop(a);
    a = await start(0, { desks: { hotline: { contribute: "off" } } }, "XC");
    const detail = await reportAtA(1, "national");
    expect(detail.route?.sentence).toContain("INTERPOL");
    expect(detail.deliveries.map(({ type }) => type)).toEqual(["report.forward"]);
  });
});

describe("adverts", () => {
  test("make a waiting item known, and a drafted one not", async () => {
    const bytes = [
      await picture(1, { width: 96, height: 72 }),
      await picture(2, { width: 96, height: 72 }),
    ] as const;
    const url = putPage(site, "/b.html", { "/b1.jpg": bytes[0], "/b2.jpg": bytes[1] });
    const analystB = await b.person("Analyst B", "analyst");
    const atB = (await b.call(analystB, "POST", "/reports", { url, source: "public" })) as { id: string };
    await until("captured", async () => (await get(b, analystB, atB.id)).state === "to-classify");
    await b.call(analystB, "PUT", `/items/${(await get(b, analystB, atB.id)).itemList[0]?.id}/draft`, {
      verdict: "national",
      facts: {},
    });
    const page = putPage(site, "/a.html", { "/b1.jpg": bytes[0], "/b2.jpg": bytes[1] });
    const { id } = (await a.call(analyst, "POST", "/reports", { url: page, source: "public" })) as {
      id: string;
    };
    await until("captured", async () => (await get(a, analyst, id)).state === "to-classify");
    for (const item of (await get(a, analyst, id)).itemList)
      await a.call(analyst, "PUT", `/items/${item.id}/draft`, { verdict: "baseline", facts: {} });
    await a.call(analyst, "POST", `/reports/${id}/complete`);
    await until("B knows one", async () => (await get(b, analystB, atB.id)).known === 1);
    expect((await get(b, analystB, atB.id)).itemList.map(({ state }) => state)).toEqual(["open", "known"]);
    // Withdrawn, it is open again.
    const sha256 = (await get(b, analystB, atB.id)).itemList[1]?.sha256 ?? "";
    const [said] = await a.federation.findBySha256(a.commit, sha256);
    await a.commit.run((unit) =>
      a.federation.publish(unit, said ? [{ ...said.record, action: "withdraw" }] : [], "members"),
    );
    await until("B opens it again", async () => (await get(b, analystB, atB.id)).open === 2);
  });

  test("one member's record lets nobody be accused without a look", async () => {
    const detail = await reportAtA(1);
    await stop(a);
    const analystB = await b.person("Analyst B", "analyst");
    await until(
      "B has the advert",
      async () => (await b.federation.recordsBy(places[0]?.memberId ?? "")) === 1,
    );
    const url = putPage(site, "/other.html", { "/other.jpg": await picture(1, { width: 96, height: 72 }) });
    const { id } = (await b.call(analystB, "POST", "/reports", { url, source: "public" })) as { id: string };
    await until("captured", async () => (await get(b, analystB, id)).state === "to-classify");
    const completed = (await b.call(analystB, "POST", `/reports/${id}/complete`)) as Detail;
    expect(completed).toMatchObject({ state: "to-notify", known: 1 });
    await expect(
      b.call(analystB, "POST", `/reports/${id}/notice`, { approveContact: "abuse@provider.example" }),
    ).rejects.toMatchObject({
      code: "takedown/nothing-to-notify",
    });
    expect(detail.state).toBe("forwarded");
  });
});

describe("material", () => {
  let interpol: TestMember;
  let officer: Caller;
  let custodians: [Caller, Caller];

  beforeEach(async () => {
    interpol = await start(2);
    officer = await interpol.person("Officer", "officer");
    custodians = [await a.person("Custodian One", "custodian"), await a.person("Custodian Two", "custodian")];
  });

  const contribution = async () =>
    ((await interpol.call(officer, "GET", "/contributions")) as Contributions).contributions[0];
  const request = async () =>
    ((await a.call(custodians[0], "GET", "/material-requests")) as Requests).requests[0];
  const ask = (sha256: string) =>
    interpol.call(officer, "POST", `/contributions/${sha256}/request`, {
      member: places[0]?.memberId,
      purpose: "Comparison",
      legalBasis: "RPD, Article 10",
    });

  async function asked(): Promise<string> {
    await reportAtA(1);
    await until("INTERPOL has it", async () => (await contribution()) !== undefined);
    const sha256 = (await contribution())?.sha256 ?? "";
    await ask(sha256);
    await until("A has the request", async () => (await request()) !== undefined);
    return sha256;
  }
  const approve = async (who: Caller) =>
    a.call(who, "POST", `/material-requests/${(await request())?.id}/approve`);

  test("asked for twice is one request", async () => {
    const sha256 = await asked();
    expect(await ask(sha256)).toMatchObject({ state: "requested" });
    expect(((await a.call(custodians[0], "GET", "/material-requests")) as Requests).requests).toHaveLength(1);
  });

  test("refused by a person comes back with the reason, and can be asked for again", async () => {
    const sha256 = await asked();
    await a.call(custodians[0], "POST", `/material-requests/${(await request())?.id}/refuse`, {
      reason: "Not for this purpose.",
    });
    await until("INTERPOL knows", async () => (await contribution())?.state === "refused");
    await expect(approve(custodians[1])).rejects.toMatchObject({ code: "desks/request-ended" });
    expect(await ask(sha256)).toMatchObject({ state: "requested" });
  });

  test("that is not held is refused at once, by a code", async () => {
    const sha256 = await asked();
    const item = (await get(a, analyst, (await request())?.report ?? "")).itemList[0];
    const payload = {
      request: newId(),
      report: { id: newId(), reference: "?" },
      item: item?.id ?? "",
      sha256,
      purpose: "x",
    };
    const to = [places[0]?.memberId ?? ""];
    await interpol.commit.run((unit) =>
      interpol.federation.say(unit, { type: "material.request", to, payload, legalBasis: "x", about: "" }),
    );
    await until("A refused it", async () => {
      const { requests } = (await a.call(custodians[0], "GET", "/material-requests")) as Requests;
      return requests.find(({ id }) => id === payload.request)?.state === "refused";
    });
  });

  test("whose grant ends before it is fetched is offered again", async () => {
    await stop(a);
    a = await start(0, { desks: { hotline: { grantLifetime: "1ms" } } });
    await asked();
    await approve(custodians[0]);
    await approve(custodians[1]);
    await until("INTERPOL sees it as offered", async () => (await contribution())?.state === "offered");
    await until("A sees that it ended", async () => (await request())?.state === "expired");
  });

  test("arrives after both sides were stopped in between", async () => {
    await asked();
    await approve(custodians[0]);
    await stop(interpol);
    await approve(custodians[1]);
    await stop(a);
    interpol = await start(2);
    a = await start(0);
    await until("verified", async () => (await contribution())?.state === "verified");
    await until("A knows", async () => (await request())?.state === "delivered");
    const names = new Set(await Array.fromAsync(interpol.desk.vaultNames(interpol.commit)));
    expect(names.size).toBe(1);
  });

  test("needs two people, whatever one of them tries", async () => {
    await asked();
    await approve(custodians[0]);
    await expect(approve(custodians[0])).rejects.toMatchObject({ code: "accounts/second-person-needed" });
    await expect(approve(await a.person("Custodian One", "custodian"))).rejects.toMatchObject({
      code: "accounts/second-person-needed",
    });
    expect(await request()).toMatchObject({ state: "waiting", blocked: expect.any(String) });
    expect((await contribution())?.state).toBe("requested");
  });

  test("withdrawn before it was fetched does not arrive, and the requester reads why", async () => {
    const sha256 = await asked();
    await approve(custodians[0]);
    await until("INTERPOL has its receipt", async () => (await contribution())?.state === "requested");
    await stop(interpol);
    await approve(custodians[1]);
    const withdraw = async (who: Caller) =>
      a.call(who, "POST", `/material-requests/${(await request())?.id}/withdraw`, {
        reason: "Granted by mistake.",
      });
    expect(await withdraw(custodians[0])).toMatchObject({
      state: "withdrawn",
      reason: "Granted by mistake.",
    });
    expect(await withdraw(custodians[1])).toMatchObject({ state: "withdrawn" });
    interpol = await start(2);
    await until("INTERPOL knows", async () => (await contribution())?.state === "refused");
    expect(await contribution()).toMatchObject({ reason: "Granted by mistake." });
    expect(await Array.fromAsync(interpol.desk.vaultNames(interpol.commit))).toEqual([]);
    expect(await ask(sha256)).toMatchObject({ state: "requested" });
  });

  test("that was not granted has nothing to withdraw, and what arrived nothing to cancel", async () => {
    const sha256 = await asked();
    const id = (await request())?.id;
    const withdraw = () =>
      a.call(custodians[0], "POST", `/material-requests/${id}/withdraw`, { reason: "None." });
    await expect(withdraw()).rejects.toMatchObject({ code: "desks/not-granted" });
    await approve(custodians[0]);
    await approve(custodians[1]);
    await until("verified", async () => (await contribution())?.state === "verified");
    for (const what of ["cancel", "pause", "resume"])
      await expect(interpol.call(officer, "POST", `/contributions/${sha256}/${what}`)).rejects.toMatchObject({
        code: "desks/nothing-to-cancel",
      });
    await until("A knows", async () => (await request())?.state === "delivered");
    await expect(withdraw()).rejects.toMatchObject({ code: "desks/not-granted" });
  });

  test("given up by the requester is not granted any more", async () => {
    const sha256 = await asked();
    await approve(custodians[0]);
    const given = await interpol.call(officer, "POST", `/contributions/${sha256}/cancel`);
    expect(given).toMatchObject({ state: "offered", reason: "Cancelled here." });
    await until("A knows", async () => (await request())?.state === "cancelled");
    await expect(approve(custodians[1])).rejects.toMatchObject({ code: "desks/request-ended" });
    expect(await ask(sha256)).toMatchObject({ state: "requested" });
  });

  test("is not granted while the state of membership is not fresh", async () => {
    await stop(a);
    let offset = 0;
    const clock = { ...systemClock, now: () => Date.now() + offset };
    a = await startMember(places[0] as Place, { kind: "hotline", site, clock });
    started.add(a);
    await asked();
    offset = 25 * 3_600_000;
    await expect(approve(custodians[0])).rejects.toMatchObject({ code: "desks/stale-membership" });
    offset = 0;
    expect(await approve(custodians[0])).toMatchObject({ state: "waiting", approvals: [{}] });
  });

  test("is not granted to a member that was suspended meanwhile", async () => {
    await asked();
    await approve(custodians[0]);
    const trust = a.federation.trust();
    const suspended = suspendMembers(trust, files.freshnessKeys, Date.now(), [places[2]?.memberId ?? ""]);
    await a.federation.acceptFiles([{ kind: "suspension", file: suspended }]);
    await expect(approve(custodians[1])).rejects.toMatchObject({ code: "desks/member-not-active" });
  });

  test("an outcome reaches the contributor once", async () => {
    const sha256 = await asked();
    const say = () =>
      interpol.call(officer, "POST", `/contributions/${sha256}/outcome`, {
        outcome: "already-known",
        series: "S1",
      });
    await say();
    await say();
    const report = (await request())?.report ?? "";
    await until("A knows", async () =>
      (await get(a, analyst, report)).feedback.some(({ status }) => status === "already-known"),
    );
    expect((await get(a, analyst, report)).feedback).toHaveLength(1);
  });
});
