/** The lens on hash adverts, between real nodes: who says what of a hash, found by every digest and by a picture's likeness. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AdvertRecord } from "@wardline/protocol/adverts";
import { hex, systemRandom } from "@wardline/protocol/encoding";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { Caller } from "../../../../node/accounts/index.ts";
import type { advertsView } from "../../../../node/casework/index.ts";
import { hashOf } from "../../../hashing/index/model.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "../../desks/support.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  policeB,
  until,
} from "../../federation/support.ts";

let site: Site;
let members: TestMember[];
let a: TestMember;
let b: TestMember;
let analyst: Caller;

beforeEach(async () => {
  site = await startSite();
  const { places } = await found([hotlineA, hotlineB, policeB]);
  members = [];
  for (const [index, kind] of (["hotline", "hotline", "lea"] as const).entries())
    members.push(await startMember(places[index] as (typeof places)[number], { kind, site }));
  [a, b] = members as [TestMember, TestMember];
  analyst = await a.person("Analyst", "analyst");
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
});
afterEach(async () => {
  for (const member of members) await member.stop();
  await cleanUp();
  await site.stop();
});

function record(change: Partial<AdvertRecord> = {}): AdvertRecord {
  return {
    id: newId(),
    action: "assert",
    digests: { sha256: hex(systemRandom(32)) },
    facts: { age: "not-categorised", gender: "not-determined", flags: [] },
    verdict: "baseline",
    vocabulary: builtInVocabulary,
    basis: "seen",
    held: true,
    at: Date.now(),
    ...change,
  };
}
const publish = (member: TestMember, ...records: AdvertRecord[]) =>
  member.commit.run((unit) => member.federation.publish(unit, records, "members"));
const look = async (hash: string, who = a, caller = analyst) =>
  ((await who.call(caller, "GET", `/adverts?hash=${hash}`)) as View<typeof advertsView>).files;

test("shows who says what, who repeats whom, who disagrees and who took it back", async () => {
  const said = record();
  const { digests } = said;
  await publish(b, said);
  await until("A has it", async () => (await look(digests.sha256)).length === 1);
  expect(await look(digests.sha256)).toMatchObject([
    {
      sha256: digests.sha256,
      effect: { kind: "known", sentence: expect.stringContaining("Hotline B") },
      adverts: [
        {
          member: { name: "Hotline B" },
          verdict: "baseline",
          basis: "seen",
          held: true,
          at: said.at,
          against: [],
        },
      ],
      items: [],
    },
  ]);
  const police = members[2] as TestMember;
  const echo = { derivedFrom: { member: b.place.memberId, record: said.id }, basis: "derived" as const };
  await publish(police, record({ digests, held: false, ...echo, at: said.at + 1 }));
  await publish(a, record({ digests, verdict: "national", at: said.at + 2 }));
  await until("A has all", async () => (await look(digests.sha256))[0]?.adverts.length === 3);
  const [file] = await look(digests.sha256);
  expect(
    file?.adverts.map(({ member, basis, from, against }) => [
      member.name,
      basis,
      from?.name,
      against.map(({ name }) => name),
    ]),
  ).toEqual([
    ["Hotline B", "seen", undefined, ["Hotline A"]],
    ["Police B", "derived", "Hotline B", ["Hotline A"]],
    ["Hotline A", "seen", undefined, ["Hotline B"]],
  ]);
  await publish(b, { ...said, action: "withdraw" });
  await until(
    "it is withdrawn",
    async () => (await look(digests.sha256))[0]?.adverts[0]?.withdrawn !== undefined,
  );
  const [left] = await look(digests.sha256);
  expect(left?.adverts.map(({ withdrawn, against }) => [withdrawn !== undefined, against.length])).toEqual([
    [true, 0],
    [false, 1],
    [false, 0],
  ]);
  await publish(b, said);
  await until(
    "B says it again",
    async () => (await look(digests.sha256))[0]?.adverts[0]?.withdrawn === undefined,
  );
});

test("finds by every digest, and pictures that look like a PDQ hash, the nearest first", async () => {
  const digests = (pdq: string) => ({
    sha256: hex(systemRandom(32)),
    sha1: hex(systemRandom(20)),
    md5: hex(systemRandom(16)),
    pdq,
    quality: 90,
  });
  const [same, similar, other] = [hashOf(1), hashOf(1, [1, 2, 3]), hashOf(2)].map((pdq) =>
    record({ digests: digests(pdq) }),
  ) as [AdvertRecord, AdvertRecord, AdvertRecord];
  const echo = record({ digests: digests(hashOf(1, [4])), basis: "derived" });
  await publish(b, other, similar, same, echo);
  await until("A has them", async () => (await look(same.digests.sha256)).length === 1);
  for (const hash of [other.digests.sha256, other.digests.sha1, other.digests.md5])
    expect((await look(hash ?? "")).map(({ sha256, distance }) => [sha256, distance])).toEqual([
      [other.digests.sha256, undefined],
    ]);
  expect((await look(hashOf(1).toUpperCase())).map(({ sha256, distance }) => [sha256, distance])).toEqual([
    [same.digests.sha256, 0],
    [similar.digests.sha256, 3],
  ]);
  expect(await look("0".repeat(64))).toEqual([]);
  await expect(look("12ab")).rejects.toThrow("hexadecimal");
});

test("a withdrawal takes effect at every holder, and its author sees who has applied it, also of one that was away", async () => {
  const said = record({ digests: { sha256: hex(systemRandom(32)), pdq: hashOf(1), quality: 90 } });
  const police = members[2] as TestMember;
  const has = (member: TestMember) => async () =>
    (await member.federation.findBySha256(member.commit, said.digests.sha256)).length === 1;
  await publish(a, said);
  for (const member of [b, police]) await until("it is everywhere", has(member));
  await police.stop();
  const reason = { reason: "The wrong picture." };
  await a.call(analyst, "POST", `/adverts/${said.id}/withdraw`, reason);
  expect(await look(said.digests.sha256)).toMatchObject([{ effect: { kind: "none" } }]);
  expect(await look(hashOf(1))).toEqual([]);
  const applied = async () => {
    const [file] = await look(said.digests.sha256);
    return file?.adverts[0]?.holders?.map(({ member, applied: has }) => [member.name, has]);
  };
  await until("B has said so", async () => (await applied())?.some(([, has]) => has));
  expect(await applied()).toEqual(
    expect.arrayContaining([
      ["Hotline B", true],
      ["Police B", false],
    ]),
  );
  expect(await b.federation.findBySha256(b.commit, said.digests.sha256)).toEqual([]);
  expect(await look(said.digests.sha256, b, await b.person("Analyst", "analyst"))).toMatchObject([
    { adverts: [{ withdrawn: expect.any(Number) }] },
  ]);
  await expect(a.call(analyst, "POST", `/adverts/${said.id}/withdraw`, reason)).rejects.toMatchObject({
    code: "casework/no-such-advert",
  });
  const back = (members[2] = await startMember(police.place, { kind: "lea", site }));
  await until("the police have it too", async () => (await applied())?.every(([, has]) => has));
  expect(await has(back)()).toBe(false);
});
