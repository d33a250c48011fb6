/** Hash records: published once, at every member soon, from whomever has them; and what happens to a feed that forks. */
import { afterEach, expect, test } from "vitest";
import { blockHashOf, buildBlock, feedId, openBlock, type AdvertRecord } from "@wardline/protocol/adverts";
import { encodeCbor, systemRandom } from "@wardline/protocol/encoding";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import { evidence } from "../../../node/federation/evidence.ts";
import { blocks, feedStates } from "../../../node/federation/feeds/collections.ts";
import { defineCollection } from "../../../node/store/index.ts";
import { pushOf, startPuppet } from "./puppet.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  policeB,
  startNode,
  until,
  type Place,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const seen = defineCollection<{ author: string; action: string }>("test.seen");

const start = (place: Place) =>
  startNode(place, {
    prepare: (federation) =>
      federation.onRecords(async (unit, author, records) => {
        for (const { id, action } of records) unit.put(seen, [id, action], { author, action });
      }),
  });

function record(sha256 = systemRandom(32).toHex(), change: Partial<AdvertRecord> = {}): AdvertRecord {
  return {
    id: newId(),
    action: "assert",
    digests: { sha256 },
    facts: { age: "not-categorised", gender: "not-determined", flags: [] },
    verdict: "baseline",
    vocabulary: builtInVocabulary,
    basis: "seen",
    held: true,
    at: Date.now(),
    ...change,
  };
}

const publish = (node: TestNode, ...records: AdvertRecord[]) =>
  node.commit.run((unit) => node.federation.publish(unit, records, "members"));
const countAt = (node: TestNode, author: TestNode) => node.federation.recordsBy(author.place.memberId);

test("a record reaches connected members at once, is found by its hash, and a withdrawal takes it away again", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [a, b] = (await Promise.all(places.map(start))) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  const one = record();
  await publish(a, one);
  await until("it is at B", async () => (await countAt(b, a)) === 1);
  const found1 = await b.federation.findBySha256(b.commit, one.digests.sha256);
  expect(found1).toMatchObject([{ author: a.place.memberId, record: { id: one.id, verdict: "baseline" } }]);
  expect(await a.federation.findBySha256(a.commit, one.digests.sha256)).toHaveLength(1);
  expect(await b.commit.get(seen, one.id, "assert")).toMatchObject({ author: a.place.memberId });
  await publish(a, { ...one, action: "withdraw" });
  await until("it is withdrawn at B", async () => (await countAt(b, a)) === 0);
  expect(await b.federation.findBySha256(b.commit, one.digests.sha256)).toEqual([]);
  expect(await b.commit.has(seen, one.id, "withdraw")).toBe(true);
  expect(await Array.fromAsync(b.federation.liveRecords())).toEqual([]);
});

test("a member that was away pulls all it missed, over several blocks, from whoever is there", async () => {
  const { places } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placePolice] = places as [Place, Place, Place];
  const [a, b] = (await Promise.all([start(placeA), start(placeB)])) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  const records = Array.from({ length: 600 }, () => record());
  await publish(a, ...records);
  for (const one of records.slice(0, 5)) await publish(a, { ...one, action: "withdraw" });
  await until("all are at B", async () => (await countAt(b, a)) === 595);
  await a.stop();
  const police = await start(placePolice);
  await until(
    "all are at the police, from B alone",
    async () => (await police.federation.recordsBy(placeA.memberId)) === 595,
  );
  expect(
    (await police.federation.findBySha256(police.commit, records[599]?.digests.sha256 ?? "")).length,
  ).toBe(1);
});

test("a feed that tells two stories is frozen, the proof kept, and others hear of it", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB, { ...policeB, country: "CC" }]);
  const [placeA, placeB, placePolice, placeC] = places as [Place, Place, Place, Place];
  const [a, police] = (await Promise.all([start(placeA), start(placePolice)])) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, police)) && (await connected(police, a)));
  const b = await startPuppet(placeB, files.trust);
  const block = (height: number, previous: string | undefined, firstSequence: number) =>
    buildBlock(
      {
        author: placeB.memberId,
        feed: feedId(placeB.memberId, "members"),
        epoch: 1,
        height,
        firstSequence,
        ...(previous === undefined ? {} : { previous }),
        records: [record()],
        time: Date.now(),
        random: systemRandom,
      },
      b.keyring.identity,
      files.federationId,
    );
  const first = block(0, undefined, 0);
  const second = block(1, first.hash, 1);
  const twin = block(1, first.hash, 1);
  const connection = await b.meet(a.federation.addresses()[0] as string);
  for (const one of [first, second]) await b.ask(connection, "feed", pushOf(one.bytes));
  await until("both have both", async () => (await police.federation.recordsBy(placeB.memberId)) === 2);
  await b.ask(connection, "feed", pushOf(twin.bytes));
  const isFrozen = async (node: TestNode) =>
    (await node.commit.get(feedStates, first.feed))?.frozen !== undefined;
  await until("both have frozen it", async () => (await isFrozen(a)) && (await isFrozen(police)));
  for (const node of [a, police]) {
    const [proof] = await Array.fromAsync(node.commit.list(evidence));
    expect(proof?.value).toMatchObject({ code: "advert/fork", member: placeB.memberId });
    const hashes = proof?.value.parts.map((part) => openBlock(part, files.trust).hash);
    expect(hashes?.toSorted()).toEqual([second.hash, twin.hash].toSorted());
  }
  await b.ask(connection, "feed", pushOf(block(2, second.hash, 2).bytes));
  expect(await a.federation.recordsBy(placeB.memberId)).toBe(2);
  await a.stop();
  const late = await start(placeC);
  const kept = async () => (await Array.fromAsync(late.commit.list(evidence)))[0]?.value;
  await until("one that joins later is told, and keeps the proof", async () => (await kept()) !== undefined);
  expect(await kept()).toMatchObject({ code: "advert/fork", member: placeB.memberId });
  expect((await kept())?.parts.map((part) => blockHashOf(part)).toSorted()).toEqual(
    [second.hash, twin.hash].toSorted(),
  );
  const again = await b.meet(late.federation.addresses()[0] as string);
  await b.ask(again, "feed", pushOf(first.bytes));
  expect(await late.federation.recordsBy(placeB.memberId)).toBe(0);
  const proof = (...parts: Uint8Array[]) =>
    b.ask(again, "feed", encodeCbor({ kind: "proof", parts: parts.map((part) => part.slice(0, 320)) }));
  await expect(proof(first.bytes, second.bytes)).rejects.toMatchObject({ code: "feed/no-proof" });
  await expect(proof(second.bytes, twin.bytes.with(280, 1 ^ (twin.bytes[280] ?? 0)))).rejects.toMatchObject({
    code: "advert/signature",
  });
});

test("a block that another member signed, or that continues nothing, is refused", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placePolice] = places as [Place, Place, Place];
  const a = await start(placeA);
  const b = await startPuppet(placeB, files.trust);
  const connection = await b.meet(a.federation.addresses()[0] as string);
  const draft = {
    epoch: 1,
    height: 0,
    firstSequence: 0,
    records: [record()],
    time: Date.now(),
    random: systemRandom,
  };
  const ofPolice = { ...draft, author: placePolice.memberId, feed: feedId(placePolice.memberId, "members") };
  const forged = buildBlock(ofPolice, b.keyring.identity, files.federationId);
  await expect(b.ask(connection, "feed", pushOf(forged.bytes))).rejects.toMatchObject({
    code: "advert/unknown-key",
  });
  const own = { ...draft, author: placeB.memberId, feed: feedId(placeB.memberId, "members") };
  const genuine = buildBlock(own, b.keyring.identity, files.federationId);
  const flipped = Uint8Array.from(genuine.bytes);
  flipped[300] = (flipped[300] ?? 0) ^ 1;
  await expect(b.ask(connection, "feed", pushOf(flipped))).rejects.toMatchObject({
    code: "advert/signature",
  });
  await b.ask(connection, "feed", pushOf(genuine.bytes));
  await b.ask(connection, "feed", pushOf(genuine.bytes));
  expect(await a.federation.recordsBy(placeB.memberId)).toBe(1);
});

test("a feed is given to its audience alone, and nobody else can be made to keep it", async () => {
  const interpol = { name: "INTERPOL", country: "international", kind: "interpol" } as const;
  const { places, files } = await found([policeB, interpol, hotlineA]);
  const [placePolice, placeInterpol, placeHotline] = places as [Place, Place, Place];
  const [police, office] = (await Promise.all([start(placePolice), start(placeInterpol)])) as [
    TestNode,
    TestNode,
  ];
  await until(
    "they have met",
    async () => (await connected(police, office)) && (await connected(office, police)),
  );
  const [narrow, wide] = [record(), record()];
  await police.commit.run((unit) => police.federation.publish(unit, [narrow], "police-and-interpol"));
  await until("INTERPOL has it", async () => (await countAt(office, police)) === 1);
  const outsider = await startPuppet(placeHotline, files.trust);
  const feed = feedId(placePolice.memberId, "police-and-interpol");
  for (const node of [police, office]) {
    const connection = await outsider.meet(node.federation.addresses()[0] as string);
    const pull = encodeCbor({ kind: "pull", feed: Uint8Array.fromHex(feed), from: 0 });
    await expect(outsider.ask(connection, "feed", pull)).rejects.toMatchObject({ code: "feed/not-for-you" });
  }
  await outsider.stop();
  const hotline = await start(placeHotline);
  await publish(police, wide);
  await until("the hotline has what is for all", async () => (await countAt(hotline, police)) === 1);
  expect(await hotline.federation.findBySha256(hotline.commit, narrow.digests.sha256)).toEqual([]);
  expect(await hotline.commit.has(feedStates, feed)).toBe(false);
  await office.stop();
  const careless = await startPuppet(placeInterpol, files.trust);
  const block = (await police.commit.get(blocks, feed, 0)) as Uint8Array;
  const connection = await careless.meet(hotline.federation.addresses()[0] as string);
  await expect(careless.ask(connection, "feed", pushOf(block))).rejects.toMatchObject({
    code: "feed/not-for-you",
  });
  await police.commit.run((unit) =>
    police.federation.publish(unit, [{ ...narrow, action: "withdraw" }], "police-and-interpol"),
  );
  expect(await countAt(police, police)).toBe(1);
  expect(await hotline.federation.recordsBy(placePolice.memberId)).toBe(1);
});
