/** A feed that forked goes on where the registrars decide, at members that held either story and at those that held none. */
import { afterEach, expect, test } from "vitest";
import { buildBlock, feedId, type Block } from "@wardline/protocol/adverts";
import { decodeCbor, encodeCbor, systemRandom, unhex } from "@wardline/protocol/encoding";
import { generateIdentityKey, type IdentitySecretKey } from "@wardline/protocol/identity";
import { provePair } from "@wardline/protocol/roster";
import { amendRoster, renewFreshness } from "../../../node/federation/index.ts";
import { evidence } from "../../../node/federation/evidence.ts";
import { feedStates } from "../../../node/federation/feeds/collections.ts";
import { holdingsOf, record } from "./adverts.ts";
import { pushOf, startPuppet, type Puppet } from "./puppet.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  policeB,
  startNode,
  until,
  type Place,
  type TestFederation,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const DAY = 86_400_000;
const start = (place: Place) =>
  startNode(place, { settings: { federation: { intervals: { hello: "500ms" } } } });
const stateOf = (node: TestNode, feed: string) => node.commit.get(feedStates, feed);

/** Cuts the member's key off at this block and lists another. */
async function decide(node: TestNode, { files }: TestFederation, end: Block, next: IdentitySecretKey) {
  const [now, trust] = [Date.now(), node.federation.trust()];
  const { feed, epoch, height, hash: head, author } = end;
  const from = now - DAY;
  const proof = provePair(next, trust.federationId, author, "identity");
  const since = (trust.roster?.value.version ?? 0) + 1;
  const listed = { public: next.public, from, until: from + 300 * DAY, since, proof };
  const cutoff = { at: now, feeds: [{ feed, epoch, height, head }] };
  const roster = amendRoster(trust, files.registrars, now, (members) =>
    members.map((entry) =>
      entry.id === author
        ? { ...entry, identityKeys: [...entry.identityKeys.map((old) => ({ ...old, cutoff })), listed] }
        : entry,
    ),
  );
  expect(await node.federation.acceptFiles([{ kind: "roster", file: roster }])).toMatchObject({
    refused: [],
  });
  const freshness = renewFreshness(node.federation.trust(), files.freshnessKeys, now);
  await node.federation.acceptFiles([{ kind: "freshness", file: freshness }]);
}

test("a member that holds the story that does not count, and never saw the other, is brought to the right one", async () => {
  const federation = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placeC] = federation.places as [Place, Place, Place];
  const a = await start(placeA);
  const b = await startPuppet(placeB, federation.files.trust);
  const feed = feedId(placeB.memberId, "members");
  const build = (below?: Block) =>
    buildBlock(
      {
        ...{ author: placeB.memberId, feed, epoch: 1, height: below ? 1 : 0, records: [record()] },
        ...(below && { previous: below.hash }),
        ...{ firstSequence: below ? 1 : 0, time: Date.now(), random: systemRandom },
      },
      b.keyring.identity,
      federation.files.federationId,
    );
  const first = build();
  const [right, wrong] = [build(first), build(first)];
  const connection = await b.meet(a.federation.addresses()[0] as string);
  for (const { bytes } of [first, wrong]) await b.ask(connection, "feed", pushOf(bytes));
  expect((await stateOf(a, feed))?.head.hash).toBe(wrong.hash);
  await b.stop();
  await decide(a, federation, right, generateIdentityKey(systemRandom));
  await until("it holds nothing of the wrong one", async () => !(await holdingsOf(a, feed)).length);

  const claims = { feeds: [{ feed: unhex(feed), epoch: 1, height: 1, head: unhex(right.hash) }] };
  const told = [first.bytes, right.bytes];
  const give = (bytes: Uint8Array) => {
    const asked = decodeCbor(bytes) as { kind: string; from?: number };
    return Promise.resolve(encodeCbor(asked.kind === "pull" ? { blocks: told.slice(asked.from) } : {}));
  };
  const c = await startPuppet(placeC, a.federation.trust(), claims, { feed: give });
  await c.meet(a.federation.addresses()[0] as string);
  await until("it follows the right one", async () => (await stateOf(a, feed))?.head.hash === right.hash);
  expect((await stateOf(a, feed))?.frozen).toBeUndefined();
  expect((await holdingsOf(a, feed)).map(({ record: { id } }) => id).toSorted()).toEqual(
    [first, right].flatMap(({ records }) => records.map(({ id }) => id)).toSorted(),
  );
});

test("a forked feed goes on from the block that the roster names, whatever was held", async () => {
  const federation = await found([hotlineA, hotlineB, policeB, { ...policeB, country: "DD" }]);
  const [placeA, placeB, placeC, placeD] = federation.places as [Place, Place, Place, Place];
  let a = await start(placeA);
  const b = await startPuppet(placeB, federation.files.trust);
  const feed = feedId(placeB.memberId, "members");
  const build = (below: Block | undefined, key = b.keyring.identity, epoch = 1) =>
    buildBlock(
      {
        ...{ author: placeB.memberId, feed, epoch, height: below ? below.height + 1 : 0 },
        ...{ epochStart: epoch === 1 ? 0 : (below?.height ?? 0) + 1, records: [record()] },
        ...(below && { previous: below.hash }),
        firstSequence: below ? below.firstSequence + below.count : 0,
        ...{ time: Date.now(), random: systemRandom },
      },
      key,
      federation.files.federationId,
    );
  const first = build(undefined);
  const [one, two] = [build(first), build(first)];
  const beyond = build(one);
  const tell = async (by: Puppet, node: TestNode, ...told: Block[]) => {
    const connection = await by.meet(node.federation.addresses()[0] as string);
    for (const { bytes } of told) await by.ask(connection, "feed", pushOf(bytes));
    return connection;
  };
  await tell(b, a, first, one, beyond);
  await a.stop();
  const c = await start(placeC);
  await tell(b, c, first, two);
  a = await start(placeA);
  const isFrozen = async (node: TestNode) => (await stateOf(node, feed))?.frozen !== undefined;
  await until("both have frozen it", async () => (await isFrozen(a)) && (await isFrozen(c)));

  const next = generateIdentityKey(systemRandom);
  await decide(a, federation, one, next);
  for (const node of [a, c])
    await until("it stands at the block that was named", async () => {
      const state = await stateOf(node, feed);
      return state?.head.hash === one.hash && state.frozen === undefined;
    });
  await until("they have met", async () => (await connected(a, c)) && (await connected(c, a)));
  const opening = build(one, next, 2);
  const d = await startPuppet(placeD, a.federation.trust());
  const connection = await tell(d, a);
  for (const { bytes } of [two, beyond])
    await expect(d.ask(connection, "feed", pushOf(bytes))).rejects.toMatchObject({
      code: "advert/key-cut-off",
    });
  await d.ask(connection, "feed", pushOf(opening.bytes));
  for (const node of [a, c]) {
    await until("it goes on", async () => (await stateOf(node, feed))?.head.hash === opening.hash);
    expect(await isFrozen(node)).toBe(false);
    expect((await holdingsOf(node, feed)).map(({ record: { id } }) => id).toSorted()).toEqual(
      [first, one, opening].flatMap(({ records }) => records.map(({ id }) => id)).toSorted(),
    );
    expect((await Array.fromAsync(node.commit.list(evidence))).length).toBeGreaterThan(0);
    expect(await node.federation.recordsBy(placeB.memberId)).toBe(3);
  }
});
