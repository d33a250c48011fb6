/** Disputes and the rules of taking over, between real nodes: what a match may do, and what stops it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AdvertRecord } from "@wardline/protocol/adverts";
import { hex, sha256, systemRandom } from "@wardline/protocol/encoding";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { Caller } from "../../../../node/accounts/index.ts";
import type { advertsView, reportDetail } from "../../../../node/casework/index.ts";
import { picture } from "../../../support/pictures.ts";
import {
  putPage,
  startMember,
  startSite,
  type Site,
  type TestMember,
  type View,
} from "../../desks/support.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  until,
  type Described,
} from "../../federation/support.ts";

type Detail = View<typeof reportDetail>;
const hotlineC: Described = { name: "Hotline C", country: "CC", kind: "hotline" };

let site: Site;
let members: TestMember[];
let a: TestMember;
let b: TestMember;
let c: TestMember;
let analyst: Caller;
let analystB: Caller;

beforeEach(async () => {
  site = await startSite();
  const { places } = await found([hotlineA, hotlineB, hotlineC]);
  members = await Promise.all(
    places.map((place) => startMember(place, { kind: "hotline", site, hostedIn: "AA" })),
  );
  [a, b, c] = members as [TestMember, TestMember, TestMember];
  analyst = await a.person("Analyst A", "analyst");
  analystB = await b.person("Analyst B", "analyst");
  const pairs = members.flatMap((one) =>
    members.filter((other) => other !== one).map((other) => [one, other] as const),
  );
  for (const [one, other] of pairs) await until("they have met", () => connected(one, other));
});
afterEach(async () => {
  for (const member of members) await member.stop();
  await cleanUp();
  await site.stop();
});

const small = (seed: number) => picture(seed, { width: 96, height: 72 });
const record = (digest: string, change: Partial<AdvertRecord> = {}): AdvertRecord => ({
  id: newId(),
  action: "assert",
  digests: { sha256: digest },
  facts: { age: "not-categorised", gender: "not-determined", flags: [] },
  verdict: "baseline",
  vocabulary: builtInVocabulary,
  basis: "seen",
  held: true,
  at: Date.now(),
  ...change,
});
const get = async (member: TestMember, who: Caller, id: string) =>
  (await member.call(who, "GET", `/reports/${id}`)) as Detail;
const look = async (member: TestMember, who: Caller, hash: string) =>
  ((await member.call(who, "GET", `/adverts?hash=${hash}`)) as View<typeof advertsView>).files[0];

/** Files pictures at a member and waits until it is captured. */
async function report(member: TestMember, who: Caller, ...pictures: Uint8Array[]): Promise<Detail> {
  const name = newId();
  const files = pictures.map((bytes, index) => [`/${name}-${index}.jpg`, bytes] as const);
  const url = putPage(site, `/${name}.html`, Object.fromEntries(files));
  const { id } = (await member.call(who, "POST", "/reports", { url, source: "public" })) as { id: string };
  await until("captured", async () => (await get(member, who, id)).state === "to-classify");
  return get(member, who, id);
}
async function assess(member: TestMember, who: Caller, detail: Detail, verdict: string): Promise<Detail> {
  for (const item of detail.itemList)
    await member.call(who, "PUT", `/items/${item.id}/draft`, { verdict, facts: {} });
  return (await member.call(who, "POST", `/reports/${detail.id}/complete`)) as Detail;
}
const publish = (member: TestMember, ...records: AdvertRecord[]) =>
  member.commit.run((unit) => member.federation.publish(unit, records, "members"));

test("an open dispute opens again what was taken over, at every member, until it ends", async () => {
  const bytes = await small(1);
  const digest = hex(sha256(bytes));
  const looked = await report(b, analystB, bytes);
  const said = record(digest);
  await publish(c, said);
  const waiting = await report(a, analyst, bytes);
  await until("A knows it", async () => (await get(a, analyst, waiting.id)).known === 1);
  const dispute = (reason = "A drawing.") =>
    b.call(analystB, "POST", `/adverts/${c.place.memberId}/${said.id}/dispute`, { reason });
  await expect(dispute()).rejects.toMatchObject({ code: "casework/not-looked" });
  await until("B knows it", async () => (await get(b, analystB, looked.id)).known === 1);
  const other = await report(b, analystB, bytes);
  await b.call(analystB, "PUT", `/items/${other.itemList[0]?.id}/draft`, { verdict: "national", facts: {} });
  await b.call(analystB, "POST", `/reports/${other.id}/complete`);
  await dispute();
  await dispute();
  await until("A has it open again", async () => (await get(a, analyst, waiting.id)).open === 1);
  const [item] = (await get(a, analyst, waiting.id)).itemList;
  expect(item).toMatchObject({
    state: "open",
    assessments: [],
    near: { member: { name: "Hotline C" }, distance: 0 },
  });
  const file = await look(a, analyst, digest);
  expect(file?.effect).toEqual({
    kind: "hint",
    sentence: expect.stringContaining("Hotline B disputes what Hotline C saw"),
  });
  const disputed = file?.adverts.find(({ record: id }) => id === said.id);
  expect(disputed?.disputes).toMatchObject([
    { member: { name: "Hotline B" }, verdict: "national", reason: "A drawing." },
  ]);
  const [{ id = "" } = {}] = disputed?.disputes ?? [];
  await expect(a.call(analyst, "POST", `/disputes/${id}/withdraw`)).rejects.toMatchObject({
    code: "casework/no-such-dispute",
  });
  await b.call(analystB, "POST", `/disputes/${id}/withdraw`);
  await until("A knows it again", async () => (await get(a, analyst, waiting.id)).known === 1);
  expect((await get(a, analyst, waiting.id)).itemList[0]?.assessments).toHaveLength(1);
  expect((await look(a, analyst, digest))?.adverts.flatMap(({ disputes }) => disputes)).toEqual([]);
});

test("only an equal SHA-256 that a member saw is taken over; all else is open, and a hint at most", async () => {
  const pictures = await Promise.all([1, 2, 3, 4, 5].map(small));
  const first = await report(a, analyst, ...pictures);
  const digests = (await a.casework.itemsOf(a.commit, first.id)).map((item) => item.digests);
  type Digests = (typeof digests)[number];
  const [weaker, echoed, national, near, seen] = digests as [Digests, Digests, Digests, Digests, Digests];
  const fresh = { sha256: hex(systemRandom(32)) };
  await publish(
    c,
    record("", { digests: { ...fresh, sha1: weaker.sha1, md5: weaker.md5 } }),
    record(echoed.sha256, { basis: "derived", derivedFrom: { member: b.place.memberId, record: newId() } }),
    record(national.sha256, { verdict: "national" }),
    record("", { digests: { sha256: hex(systemRandom(32)), pdq: near.pdq, quality: near.quality } }),
    record(seen.sha256),
  );
  await until("A knows one", async () => (await get(a, analyst, first.id)).known === 1);
  const again = await report(a, analyst, ...pictures);
  expect(again.itemList.map((item) => [item.state, item.near?.verdict, item.near?.distance])).toEqual([
    ["open", undefined, undefined],
    ["open", undefined, undefined],
    ["open", "national", 0],
    ["open", "baseline", 0],
    ["known", undefined, undefined],
  ]);
  const mayAct = async () =>
    (
      await a.casework.actionable(
        a.commit,
        await a.casework.report(a.commit, again.id),
        await a.casework.itemsOf(a.commit, again.id),
      )
    ).map(({ digests: { sha256: digest } }) => digest);
  expect(await mayAct()).toEqual([]);
  await publish(b, record(seen.sha256));
  await until("both have seen it", async () => (await look(a, analyst, seen.sha256))?.adverts.length === 2);
  expect(await mayAct()).toEqual([seen.sha256]);
});

test("a verdict withdrawn by its author counts no more where it was given, told and taken over", async () => {
  const bytes = await small(1);
  const waiting = await report(b, analystB, bytes);
  const given = await assess(a, analyst, await report(a, analyst, bytes), "baseline");
  expect(given.itemList[0]?.agreed?.verdict).toBe("baseline");
  await until("B took it over", async () => (await get(b, analystB, waiting.id)).known === 1);
  const [advert] = (await look(a, analyst, hex(sha256(bytes))))?.adverts ?? [];
  await a.call(analyst, "POST", `/adverts/${advert?.record}/withdraw`, { reason: "The wrong key." });
  const [item] = (await get(a, analyst, given.id)).itemList;
  expect([item?.agreed, item?.assessments]).toEqual([undefined, []]);
  await until("B has it open again", async () => (await get(b, analystB, waiting.id)).open === 1);
});

test("a member that was not there when a dispute was said learns of it from the feed, and of its end", async () => {
  const digest = hex(sha256(await small(9)));
  const said = record(digest);
  const last = members.pop();
  await last?.stop();
  await publish(a, said);
  await until("B holds it", async () => (await b.federation.recordsBy(a.place.memberId)) === 1);
  const dispute = record(digest, {
    ...{ action: "dispute", verdict: "not-illegal", reason: "A drawing." },
    disputes: { member: a.place.memberId, record: said.id },
  });
  await publish(b, dispute);
  c = await startMember(c.place, { kind: "hotline", site, hostedIn: "AA" });
  members.push(c);
  const analystC = await c.person("Analyst D", "analyst");
  const effect = async () => (await look(c, analystC, digest))?.effect.kind;
  await until("C knows of both", async () => {
    const file = await look(c, analystC, digest);
    return file?.adverts[0]?.disputes.length === 1;
  });
  expect(await effect()).toBe("hint");
  expect((await look(c, analystC, digest))?.adverts).toHaveLength(1);
  expect(await c.federation.recordsBy(b.place.memberId)).toBe(0);
  await publish(b, { ...dispute, action: "withdraw" });
  await until("C may take it over", async () => (await effect()) === "known");
  await publish(b, dispute);
  await publish(b, record(newId() + newId()));
  await until("C has what came after", async () => (await c.federation.recordsBy(b.place.memberId)) === 1);
  expect(await effect()).toBe("known");
});
