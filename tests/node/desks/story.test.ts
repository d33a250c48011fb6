/** The whole way of a report over real nodes: two hotlines, police and INTERPOL, a real site and a real mail server. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type {
  contributionView,
  custodyView,
  escalationView,
  materialRequestView,
  reportDetail,
  reportSummary,
} from "../../../node/casework/index.ts";
import { picture } from "../../support/pictures.ts";
import { cleanUp, found, until, type Described, type Place } from "../federation/support.ts";
import { attachedJson, startMailServer, type MailServer } from "../takedown/mail-server.ts";
import { putPage, startMember, startSite, type Site, type TestMember, type View } from "./support.ts";

type Detail = View<typeof reportDetail>;

const described = {
  a: { name: "Hotline A", country: "XA", kind: "hotline" },
  b: { name: "Hotline B", country: "XB", kind: "hotline" },
  police: { name: "Police B", country: "XB", kind: "lea" },
  interpol: { name: "INTERPOL", country: "international", kind: "interpol" },
} satisfies Record<string, Described>;

let site: Site;
let mail: MailServer;
const started: TestMember[] = [];

beforeEach(async () => {
  site = await startSite();
  mail = await startMailServer(({ message }) => {
    for (const { url } of attachedJson(message)) site.files.delete(new URL(String(url)).pathname);
  });
});
afterEach(async () => {
  for (const member of started.splice(0)) await member.stop();
  await cleanUp();
  await Promise.all([site.stop(), mail.stop()]);
});

async function start(place: Place, kind: Described["kind"]): Promise<TestMember> {
  const member = await startMember(place, { kind, site, smtpPort: mail.port });
  started.push(member);
  return member;
}

async function captured(
  member: TestMember,
  person: Awaited<ReturnType<TestMember["person"]>>,
  id: string,
): Promise<Detail> {
  let detail: Detail | undefined;
  await until("the capture is done", async () => {
    detail = (await member.call(person, "GET", `/reports/${id}`)) as Detail;
    return detail.state !== "capturing";
  });
  return detail as Detail;
}

async function classify(
  member: TestMember,
  person: Awaited<ReturnType<TestMember["person"]>>,
  detail: Detail,
  verdicts: string[],
) {
  for (const [index, item] of detail.itemList.filter(({ state }) => state === "open").entries())
    await member.call(person, "PUT", `/items/${item.id}/draft`, {
      verdict: verdicts[index % verdicts.length],
      facts: {},
    });
  return (await member.call(person, "POST", `/reports/${detail.id}/complete`)) as Detail;
}

test("from a reporter's URL to its removal, to the police and to INTERPOL", async () => {
  const { places } = await found(Object.values(described));
  const [a, b, police, interpol] = (await Promise.all(
    places.map((place, index) => start(place, Object.values(described)[index]?.kind ?? "hotline")),
  )) as [TestMember, TestMember, TestMember, TestMember];
  const analystB = await b.person("Analyst B", "analyst");
  const analystA = await a.person("Analyst A", "analyst");
  const pictures = await Promise.all([1, 2, 3, 4].map((seed) => picture(seed)));
  const [shared, second, third, fourth] = pictures as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

  // B knows one picture; A gets its advert.
  const earlierUrl = putPage(site, "/earlier.html", { "/earlier.jpg": shared });
  const earlier = (await b.call(analystB, "POST", "/reports", { url: earlierUrl, source: "public" })) as {
    id: string;
  };
  await classify(b, analystB, await captured(b, analystB, earlier.id), ["baseline"]);
  await until("A has B's advert", async () => (await a.federation.recordsBy(b.place.memberId)) === 1);

  // A captures, recognises one and classifies three.
  const url = putPage(site, "/gallery.html", {
    "/1.jpg": second,
    "/2.jpg": third,
    "/3.jpg": fourth,
    "/copy.jpg": shared,
  });
  const filed = (await a.call(analystA, "POST", "/reports", { url, source: "public" })) as { id: string };
  const atA = await captured(a, analystA, filed.id);
  expect(atA).toMatchObject({ state: "to-classify", items: 4, open: 3, known: 1, country: "XB" });
  const known = atA.itemList.find(({ state }) => state === "known");
  expect(known?.known).toMatchObject({ member: { name: "Hotline B" }, verdict: "baseline" });
  await expect(a.call(analystA, "GET", `/items/${known?.id}/preview`)).rejects.toMatchObject({
    code: "casework/known-item",
  });
  const completed = await classify(a, analystA, atA, ["baseline", "national", "not-illegal"]);
  expect(completed).toMatchObject({ state: "forwarded", route: { member: { name: "Hotline B" } } });

  // B has it, accepted it, and told its police.
  await until("A has B's receipt and reference", async () => {
    const { deliveries, route } = (await a.call(analystA, "GET", `/reports/${filed.id}`)) as Detail;
    const forward = deliveries.find(({ type }) => type === "report.forward");
    return (
      forward?.state === "accepted" && (route?.sentence.includes("Accepted by Hotline B as XB-") ?? false)
    );
  });
  const atB = (await b.call(analystB, "GET", `/reports/${filed.id}`)) as Detail;
  expect(atB).toMatchObject({
    source: "member",
    state: "to-notify",
    items: 3,
    abuseContact: { address: "abuse@provider.example", approved: false },
  });
  expect(atB.itemList.map(({ agreed }) => agreed?.verdict).sort()).toEqual([
    "baseline",
    "baseline",
    "national",
  ]);
  expect(atB.timestamps.leaTold).toBeDefined();

  // Police answer both.
  const officer = await police.person("Officer", "officer");
  type Escalations = { escalations: View<typeof escalationView>[] };
  let escalation: Escalations["escalations"][number] | undefined;
  await until("police have the escalation", async () => {
    const { escalations } = (await police.call(officer, "GET", "/escalations")) as Escalations;
    escalation = escalations.find(({ origin }) => origin?.name === "Hotline A");
    return escalation !== undefined;
  });
  expect(escalation).toMatchObject({ items: 2, status: "new", from: { name: "Hotline B" } });
  await police.call(officer, "POST", `/escalations/${escalation?.id}/feedback`, {
    status: "under-investigation",
    note: "Case opened.",
  });
  for (const [member, person] of [
    [a, analystA],
    [b, analystB],
  ] as const)
    await until("the hotline has the answer", async () => {
      const { feedback } = (await member.call(person, "GET", `/reports/${filed.id}`)) as Detail;
      return feedback.some(
        ({ status, member: from }) => status === "under-investigation" && from.name === "Police B",
      );
    });

  // The provider is told, acts, and the removal is confirmed and told.
  await b.call(analystB, "POST", `/reports/${filed.id}/notice`, { approveContact: "abuse@provider.example" });
  for (const [member, person] of [
    [b, analystB],
    [a, analystA],
  ] as const)
    await until(
      "the report is removed",
      async () => ((await member.call(person, "GET", `/reports/${filed.id}`)) as Detail).state === "removed",
    );
  const notices = mail.mails.filter(
    ({ message }) =>
      message.includes("/1.jpg") ||
      attachedJson(message).some(({ url: one }) => String(one).endsWith("/1.jpg")),
  );
  expect(notices).toHaveLength(1);
  expect(
    attachedJson(notices[0]?.message ?? "")
      .map(({ url: one }) => new URL(String(one)).pathname)
      .sort(),
  ).toEqual(["/1.jpg", "/2.jpg", "/copy.jpg"]);
  const removed = (await a.call(analystA, "GET", `/reports/${filed.id}`)) as Detail;
  expect(removed.itemList.filter(({ online }) => online === "offline")).toHaveLength(3);
  expect(Object.keys(removed.timestamps)).toEqual(
    expect.arrayContaining([
      "received",
      "captured",
      "assessed",
      "forwarded",
      "leaTold",
      "noticeSent",
      "firstOffline",
      "confirmedOffline",
    ]),
  );

  // INTERPOL asks for one item; two custodians grant it; it arrives verified.
  const interpolOfficer = await interpol.person("Officer I", "officer");
  type Contributions = { contributions: View<typeof contributionView>[] };
  const contributionsAt = async () =>
    ((await interpol.call(interpolOfficer, "GET", "/contributions")) as Contributions).contributions;
  await until("INTERPOL has the contributions", async () => (await contributionsAt()).length === 3);
  const offered = (await contributionsAt()).find(
    ({ contributors }) => contributors.length === 1 && contributors[0]?.member.name === "Hotline A",
  );
  if (!offered) throw new Error("nothing was offered by A alone");
  expect(
    (await contributionsAt()).find(({ contributors }) => contributors.length === 2)?.countries.sort(),
  ).toEqual(["XA", "XB"]);
  const ask = { member: a.place.memberId, purpose: "Comparison with ICSE", legalBasis: "RPD, Article 10" };
  expect(
    await interpol.call(interpolOfficer, "POST", `/contributions/${offered.sha256}/request`, ask),
  ).toMatchObject({ state: "requested" });
  const [first, secondPerson] = [
    await a.person("Custodian One", "custodian"),
    await a.person("Custodian Two", "custodian"),
  ];
  type Requests = { requests: View<typeof materialRequestView>[] };
  let request: Requests["requests"][number] | undefined;
  await until("A has the request", async () => {
    [request] = ((await a.call(first, "GET", "/material-requests")) as Requests).requests;
    return request !== undefined;
  });
  const approve = `/material-requests/${request?.id}/approve`;
  expect(await a.call(first, "POST", approve)).toMatchObject({
    state: "waiting",
    approvals: [{ name: "Custodian One" }],
  });
  await expect(a.call(first, "POST", approve)).rejects.toMatchObject({
    code: "accounts/second-person-needed",
  });
  expect(await a.call(secondPerson, "POST", approve)).toMatchObject({ state: "granted" });
  await until("the material is verified", async () =>
    (await contributionsAt()).some(({ sha256, state }) => sha256 === offered.sha256 && state === "verified"),
  );
  await until(
    "A knows that it arrived",
    async () =>
      ((await a.call(first, "GET", "/material-requests")) as Requests).requests[0]?.state === "delivered",
  );

  // The custody page tells all of it, and verifies.
  const custody = (await a.call(analystA, "GET", `/custody/${filed.id}`)) as View<typeof custodyView>;
  expect(custody.verified).toBe(true);
  const kinds = new Set(custody.entries.map(({ kind }) => kind));
  for (const kind of [
    "report.received",
    "capture.completed",
    "item.recognised",
    "item.assessed",
    "report.assessed",
    "report.routed",
    "statement.sent",
    "statement.receipted",
    "statement.received",
    "report.update",
    "lea.feedback",
    "notice.outcome",
    "report.removed",
    "icse.contributed",
    "material.requested",
    "material.approved",
    "material.granted",
    "icse.outcome",
  ])
    expect(kinds, kind).toContain(kind);
  // Every kind has a sentence of its own: none is shown by its bare name.
  expect(custody.entries.filter(({ kind, sentence }) => sentence.startsWith(`${kind} (`))).toEqual([]);
  expect((await b.call(analystB, "GET", `/custody/${filed.id}`)) as View<typeof custodyView>).toMatchObject({
    verified: true,
  });
  const { reports } = (await a.call(analystA, "GET", "/reports?q=127.0.0.1")) as {
    reports: View<typeof reportSummary>[];
  };
  expect(reports.map(({ id }) => id)).toEqual([filed.id]);
}, 120_000);
