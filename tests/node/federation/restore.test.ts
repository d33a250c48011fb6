/** A node that was restored from a backup: it learns from the others what it signed, signs nothing, and goes on as a person decides. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { buildBlock, feedId, openBlock } from "@wardline/protocol/adverts";
import { systemRandom } from "@wardline/protocol/encoding";
import { logOrigin } from "@wardline/protocol/log";
import { card } from "@wardline/protocol/roster";
import { continueEpoch, openNextEpoch, viewRestore } from "../../../node/federation/index.ts";
import { evidence } from "../../../node/federation/evidence.ts";
import { blocks, feedStates } from "../../../node/federation/feeds/collections.ts";
import { renewLedger } from "../../../node/ledger/index.ts";
import { countAt, holdingsOf, publish, record } from "./adverts.ts";
import { applied, counting } from "./counting.ts";
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
  whileStopped,
  type Place,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const start = (place: Place) =>
  startNode(place, {
    prepare: counting,
    settings: { federation: { intervals: { hello: "1s", retryFirst: "200ms" } } },
  });

const say = (from: TestNode, to: TestNode) =>
  from.commit.run((unit) =>
    from.federation.say(unit, {
      ...{ type: "conversation.message", to: [to.place.memberId], about: "" },
      payload: { conversation: newId(), pseudonym: "p", text: "Hello" },
    }),
  );
const arrived = async (node: TestNode, statement: string) =>
  (await node.commit.get(applied, statement))?.count === 1;
const met = (...nodes: TestNode[]) =>
  until("all have met", async () => {
    for (const one of nodes)
      for (const other of nodes) if (one !== other && !(await connected(one, other))) return false;
    return true;
  });

/** As the operator's guide says: everything but the sealing keys. */
const backUp = ({ folder }: Place) =>
  cp(folder, `${folder}.backup`, {
    recursive: true,
    filter: (from) => !from.endsWith(join("keyring", "sealing-keys")),
  });
async function restore({ folder }: Place): Promise<void> {
  await rm(folder, { recursive: true });
  await cp(`${folder}.backup`, folder, { recursive: true });
}

const openEpoch = (place: Place) =>
  whileStopped(place, (commit) =>
    commit.run(async (unit) => {
      const epoch = await openNextEpoch(unit, place.memberId);
      await renewLedger(unit, logOrigin(place.federationId, place.memberId, epoch));
    }),
  );

test("after a restore nothing that was acknowledged is lost, and everything converges in a new epoch", async () => {
  const { places } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placeC] = places as [Place, Place, Place];
  let a = await start(placeA);
  const [b, c] = (await Promise.all([start(placeB), start(placeC)])) as [TestNode, TestNode];
  await met(a, b, c);
  const early = record();
  await publish(a, [early, record()]);
  const before = await say(b, a);
  const first = await say(a, b);
  await until(
    "it was said before the backup",
    async () => (await arrived(a, before)) && (await arrived(b, first)),
  );
  await a.stop();
  await backUp(placeA);

  a = await start(placeA);
  await met(a, b, c);
  await publish(a, [record(), record()]);
  await publish(a, [{ ...early, action: "withdraw" }]);
  const lostIn = await say(b, a);
  const lostOut = await say(a, c);
  await until(
    "it arrived after the backup",
    async () => (await arrived(a, lostIn)) && (await arrived(c, lostOut)),
  );
  await until(
    "the feed is at B and C",
    async () => (await countAt(b, a)) === 3 && (await countAt(c, a)) === 3,
  );
  await a.stop();
  await restore(placeA);

  a = await start(placeA);
  expect(a.federation.restored()).toMatchObject({ code: "ledger/restored" });
  const feed = feedId(placeA.memberId, "members");
  await until("A has its own blocks again", async () => (await countAt(a, a)) === 3);
  await met(a, b, c);
  await expect(publish(a, [record()])).rejects.toMatchObject({ code: "ledger/restored" });
  await expect(say(a, b)).rejects.toMatchObject({ code: "ledger/restored" });
  await until("both were asked", async () => (await viewRestore(a.commit)).heard.size === 2);
  expect(await viewRestore(a.commit)).toMatchObject({ epoch: 1, mark: { sign: "newer-blocks", lost: true } });
  expect(await arrived(a, lostIn)).toBe(false);
  await a.stop();
  await expect(whileStopped(placeA, (commit) => commit.run(continueEpoch))).rejects.toMatchObject({
    code: "restore/something-lost",
  });
  await openEpoch(placeA);

  a = await start(placeA);
  expect(a.federation.restored()).toBeUndefined();
  await met(a, b, c);
  await until("what B had said before comes again", () => arrived(a, lostIn));
  expect(await arrived(a, before)).toBe(true);
  const later = await say(a, b);
  await until("A is heard in its new epoch", () => arrived(b, later));
  await publish(a, [record()]);
  await until(
    "the feed goes on everywhere",
    async () => (await countAt(b, a)) === 4 && (await countAt(c, a)) === 4,
  );
  for (const node of [a, b, c]) {
    const state = await node.commit.get(feedStates, feed);
    expect(state).toMatchObject({ head: { epoch: 2, epochStart: 3, height: 4 } });
    expect(state?.frozen).toBeUndefined();
    expect(await holdingsOf(node, feed)).toEqual(await holdingsOf(a, feed));
    expect(card(node.federation.trust(), placeA.memberId)?.epoch).toBe(2);
    expect(await node.commit.get(applied, lostOut)).toEqual(node === c ? { count: 1 } : undefined);
  }
  const opening = openBlock((await b.commit.get(blocks, feed, 3)) as Uint8Array, b.federation.trust());
  expect(opening).toMatchObject({ epoch: 2, epochStart: 3, count: 0 });
  expect(opening.previous).toBe(
    openBlock((await b.commit.get(blocks, feed, 2)) as Uint8Array, b.federation.trust()).hash,
  );
  expect((await b.federation.membersView()).find(({ id }) => id === placeA.memberId)?.note).toBe(
    "federation/epoch-opened",
  );
  await a.stop();
  await start(placeA);
});

test("a restore that lost nothing goes on in its epoch once a person says so", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [Place, Place];
  let a = await start(placeA);
  const b = await start(placeB);
  await met(a, b);
  await publish(a, [record()]);
  await until("B has it", async () => (await countAt(b, a)) === 1);
  await a.stop();
  await backUp(placeA);
  await restore(placeA);
  a = await start(placeA);
  await met(a, b);
  await until("B was asked", async () => (await viewRestore(a.commit)).heard.size === 1);
  expect((await viewRestore(a.commit)).mark).toMatchObject({ sign: "sealing-keys", lost: false });
  await a.stop();
  await whileStopped(placeA, (commit) => commit.run(continueEpoch));
  a = await start(placeA);
  expect(a.federation.restored()).toBeUndefined();
  await publish(a, [record()]);
  await until("B has both", async () => (await countAt(b, a)) === 2);
  const feed = feedId(placeA.memberId, "members");
  expect(await b.commit.get(feedStates, feed)).toMatchObject({ head: { epoch: 1, height: 1 } });
});

test.each(["two openings of one epoch", "a block beyond the end of an epoch"])(
  "%s is misbehaviour",
  async (what) => {
    const { places, files } = await found([hotlineA, hotlineB]);
    const [placeA, placeB] = places as [Place, Place];
    const a = await start(placeA);
    const b = await startPuppet(placeB, files.trust);
    const feed = feedId(placeB.memberId, "members");
    const draft = { author: placeB.memberId, feed, records: [], firstSequence: 0, time: Date.now() };
    const build = (place: { epoch: number; epochStart: number; height: number; previous?: string }) =>
      buildBlock({ ...draft, ...place, random: systemRandom }, b.keyring.identity, files.federationId);
    const first = build({ epoch: 1, epochStart: 0, height: 0 });
    const second = build({ epoch: 1, epochStart: 0, height: 1, previous: first.hash });
    const opening = build({ epoch: 2, epochStart: 2, height: 2, previous: second.hash });
    const third = build({ epoch: 2, epochStart: 2, height: 3, previous: opening.hash });
    const later = build({ epoch: 3, epochStart: 4, height: 4, previous: third.hash });
    const rival =
      what === "two openings of one epoch"
        ? build({ epoch: 2, epochStart: 7, height: 9, previous: second.hash })
        : build({ epoch: 1, epochStart: 0, height: 9, previous: second.hash });
    const connection = await b.meet(a.federation.addresses()[0] as string);
    for (const { bytes } of [first, second, opening, third, later, rival])
      await b.ask(connection, "feed", pushOf(bytes));
    await until("it is frozen", async () => (await a.commit.get(feedStates, feed))?.frozen !== undefined);
    const [proof] = await Array.fromAsync(a.commit.list(evidence));
    expect(proof?.value).toMatchObject({ code: "advert/fork", member: placeB.memberId });
    const hashes = proof?.value.parts.map((part) => openBlock(part, files.trust).hash);
    expect(hashes).toContain(rival.hash);
    expect((await a.commit.get(feedStates, feed))?.head.height).toBe(4);
  },
);
