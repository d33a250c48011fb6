/** Beginning with a feed by its snapshot: the same as by all its blocks, from whoever has it; and what is refused. */
import { afterEach, expect, test } from "vitest";
import {
  blockHashOf,
  buildBlock,
  encodePiece,
  encodeRecord,
  encodeSnapshot,
  feedId,
  openBlock,
  pieceDigest,
  readPiece,
  readSnapshot,
  snapshotHash,
  snapshotOf,
  type AdvertRecord,
} from "@wardline/protocol/adverts";
import { decodeCbor, encodeCbor, hex, systemRandom, unhex } from "@wardline/protocol/encoding";
import { evidence } from "../../../node/federation/evidence.ts";
import { blocks, feedStates } from "../../../node/federation/feeds/collections.ts";
import { staged } from "../../../node/federation/feeds/incoming.ts";
import type { Hello } from "../../../node/federation/hello/wire.ts";
import { answerSnapshot, type SnapshotRequest } from "../../../node/federation/feeds/serve.ts";
import { newestSnapshot, pieceAt } from "../../../node/federation/feeds/snapshots.ts";
import { defineCollection } from "../../../node/store/index.ts";
import { countAt, holdingsOf, publish, record } from "./adverts.ts";
import { pushOf, startPuppet } from "./puppet.ts";
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
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const told = defineCollection<string>("test.told");
const settings = { federation: { limits: { snapshotBlocks: 4 } } };
const start = (place: Place) =>
  startNode(place, {
    settings,
    prepare: (federation) =>
      federation.onRecords(async (unit, _, records) => {
        for (const { id, action } of records) unit.put(told, [id], action);
      }),
  });

/** Some hundred records over several blocks: withdrawn, asserted again, replaced, before and after snapshots. */
async function fill(a: TestNode): Promise<AdvertRecord[]> {
  const all = Array.from({ length: 620 }, () => record());
  await publish(a, all);
  const take = async (some: readonly AdvertRecord[]) =>
    publish(
      a,
      some.map((one) => ({ ...one, action: "withdraw" as const })),
    );
  await take(all.slice(0, 3));
  await publish(a, all.slice(0, 1));
  await take(all.slice(300, 302));
  await publish(a, [{ ...(all[400] as AdvertRecord), verdict: "national" }]);
  await publish(a, [all[300] as AdvertRecord, record()]);
  await take(all.slice(500, 502));
  await publish(a, [{ ...(all[10] as AdvertRecord), verdict: "national" }]);
  return all;
}

test("a new member begins with the snapshot, holds exactly what a replay gives, and gives it on", async () => {
  const { places } = await found([
    hotlineA,
    hotlineB,
    policeB,
    { ...policeB, name: "Police C", country: "CC" },
  ]);
  const [placeA, placeB, placeC, placeD] = places as [Place, Place, Place, Place];
  const [a, b] = (await Promise.all([start(placeA), start(placeB)])) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  const all = await fill(a);
  const feed = feedId(placeA.memberId, "members");
  const headOf = async (node: TestNode) => (await node.commit.get(feedStates, feed))?.head.height;
  const height = await headOf(a);
  await until("B has replayed it", async () => (await headOf(b)) === height);
  await a.stop();

  const c = await start(placeC);
  await until("C has caught up from B", async () => (await headOf(c)) === height);
  const { height: base } = readSnapshot((await newestSnapshot(c.commit, feed)) as Uint8Array);
  expect(await c.commit.has(blocks, feed, 0)).toBe(false);
  expect(await c.commit.has(blocks, feed, base)).toBe(true);
  await b.stop();

  const d = await start(placeD);
  await until(
    "D has caught up from C, which never had the first blocks",
    async () => (await headOf(d)) === height,
  );
  const again = await start(placeB);
  const expected = await holdingsOf(again, feed);
  expect(expected.length).toBe(621);
  const state = await again.commit.get(feedStates, feed);
  for (const node of [c, d]) {
    expect(await holdingsOf(node, feed)).toEqual(expected);
    expect(await node.commit.get(feedStates, feed)).toEqual(state);
    expect(await Array.fromAsync(node.commit.list(staged))).toEqual([]);
    const header = (await newestSnapshot(node.commit, feed)) as Uint8Array;
    expect(header).toEqual(await newestSnapshot(again.commit, feed));
    for (const piece of [0, 1, 2])
      expect(encodePiece(await pieceAt(node.commit, readSnapshot(header), piece))).toEqual(
        encodePiece(await pieceAt(again.commit, readSnapshot(header), piece)),
      );
    expect(await node.commit.get(told, all[1]?.id ?? "")).toBe("withdraw");
    expect(await node.commit.get(told, all[0]?.id ?? "")).toBe("assert");
  }
  const later = await start(placeA);
  await until("A is back", async () => (await connected(later, d)) && (await connected(d, later)));
  await publish(later, [{ ...(all[2] as AdvertRecord), action: "withdraw" }, record()]);
  await until("D goes on with blocks", async () => (await headOf(d)) === (height ?? 0) + 1);
  for (let more = 0; more < 4; more++) await publish(later, [record()]);
  await until("D has gone on", async () => (await headOf(d)) === (height ?? 0) + 5);
  const newer = await newestSnapshot(later.commit, feed);
  expect(readSnapshot(newer as Uint8Array).height).toBeGreaterThan(base);
  expect(await newestSnapshot(d.commit, feed)).toEqual(newer);
  expect((await d.commit.get(feedStates, feed))?.frozen).toBeUndefined();
});

type Asked = SnapshotRequest | { kind: "pull"; feed: Uint8Array; from: number };

/** A member that gives A's feed to a new one, each answer altered as a test wants. */
async function giver(a: TestNode, place: Place, files: Parameters<typeof startPuppet>[1], alter: Alter) {
  const feed = feedId(a.place.memberId, "members");
  const state = (await a.commit.get(feedStates, feed))?.head;
  if (!state) throw new Error("A has published nothing.");
  const { epoch, height, hash } = state;
  const answerOf = async (bytes: Uint8Array) => {
    const request = decodeCbor(bytes) as Asked;
    if (request.kind !== "pull") return encodeCbor(alter(request, await answerSnapshot(a.commit, request)));
    const given: Uint8Array[] = [];
    for (let at = request.from; at <= height; at++) {
      const block = await a.commit.get(blocks, feed, at);
      if (block) given.push(block);
    }
    return encodeCbor(alter(request, { blocks: given }));
  };
  const claims = { feeds: [{ feed: unhex(feed), epoch, height, head: unhex(hash) }] };
  const puppet = await startPuppet(place, files, claims, { feed: answerOf });
  return puppet;
}
type Answer = { snapshot?: Uint8Array; digests?: Uint8Array; pieces?: Uint8Array[]; blocks?: Uint8Array[] };
type Alter = (request: Asked, answer: Answer) => object;

const changeEntries =
  (change: (entries: ReturnType<typeof readPiece>) => ReturnType<typeof readPiece>): Alter =>
  (_, answer) => {
    if (!answer.pieces) return answer;
    const [first = new Uint8Array(), ...rest] = answer.pieces;
    return { pieces: [encodePiece(change(readPiece(first, 0))), ...rest] };
  };
const changeHeader =
  (change: object): Alter =>
  (_, answer) =>
    answer.snapshot ? { snapshot: encodeSnapshot({ ...readSnapshot(answer.snapshot), ...change }) } : answer;

test("a snapshot that was altered in any way has no effect; the blocks say the same", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placeC] = places as [Place, Place, Place];
  const a = await start(placeA);
  await fill(a);
  await a.federation.stop();
  const feed = feedId(placeA.memberId, "members");
  const wrong: Record<string, Alter> = {
    "one record fewer": changeEntries((entries) => entries.slice(1)),
    "one record more": changeEntries(([first, ...rest]) =>
      first ? [{ ...first, sequence: 0, salt: systemRandom(16) }, first, ...rest] : [],
    ),
    "one record altered": changeEntries(([first, ...rest]) =>
      first ? [{ ...first, bytes: first.bytes.with(9, 1) }, ...rest] : [],
    ),
    "a withdrawn record in force": changeEntries((entries) =>
      entries.map(({ sequence, salt, bytes }) => ({ sequence, salt, bytes })),
    ),
    "of another feed": changeHeader({ feed: feedId(placeA.memberId, "hotlines-and-police") }),
    "of another epoch": changeHeader({ epoch: 2 }),
    "not committed to": changeHeader({ root: systemRandom(32).toHex() }),
    "digests of other pieces": (_, answer) =>
      answer.digests ? { digests: answer.digests.with(5, 1 ^ (answer.digests[5] ?? 0)) } : answer,
    "no header at all": (_, answer) => (answer.snapshot ? { snapshot: answer.snapshot.subarray(1) } : answer),
  };
  let c = await start(placeC);
  for (const [name, alter] of Object.entries(wrong)) {
    const asked: string[] = [];
    const puppet = await giver(a, placeB, files.trust, (request, answer) => {
      asked.push(request.kind === "pull" ? `from ${request.from}` : request.kind);
      return request.kind === "pull" && request.from === 0 ? { blocks: [] } : alter(request, answer);
    });
    await puppet.meet(c.federation.addresses()[0] as string);
    await until(`${name}: refused, and the blocks asked for`, () => asked.at(-1) === "from 0");
    expect(asked[0]).toBe("snapshot");
    await puppet.stop();
    expect(await holdingsOf(c, feed), name).toEqual([]);
    expect(await c.commit.has(feedStates, feed)).toBe(false);
    await c.stop();
    c = await start(placeC);
  }
  const honest = await giver(a, placeB, files.trust, (request, answer) =>
    request.kind === "snapshot" ? { snapshot: systemRandom(182) } : answer,
  );
  await honest.meet(c.federation.addresses()[0] as string);
  await until("the blocks were replayed", async () => (await countAt(c, a)) === (await countAt(a, a)));
  expect(await holdingsOf(c, feed)).toEqual(await holdingsOf(a, feed));
});

test("a snapshot that names one record twice does not leave its look-ups damaged", async () => {
  const { places, files } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [Place, Place];
  const feed = feedId(placeB.memberId, "members");
  const answers: { pull: Uint8Array[]; header?: Uint8Array; piece?: Uint8Array; digest?: Uint8Array } = {
    pull: [],
  };
  const answer = (bytes: Uint8Array) => {
    const request = decodeCbor(bytes) as Asked;
    const { pull, header, piece, digest } = answers;
    const said = {
      pull: () => ({ blocks: request.kind === "pull" ? pull.slice(request.from) : [] }),
      snapshot: () => ({ snapshot: header }),
      digests: () => ({ digests: digest }),
      pieces: () => ({ pieces: [piece] }),
    };
    return Promise.resolve(encodeCbor(said[request.kind]()));
  };
  const claims = { feeds: [] as Hello["feeds"] };
  const b = await startPuppet(placeB, files.trust, claims, { feed: answer });
  const one = record();
  const other = { ...one, digests: record().digests };
  const draft = { author: placeB.memberId, feed, epoch: 1, time: Date.now(), random: systemRandom };
  const build = (place: Pick<Parameters<typeof buildBlock>[0], "height" | "firstSequence" | "records">) =>
    buildBlock({ ...draft, ...place }, b.keyring.identity, files.federationId);
  const first = build({ height: 0, firstSequence: 0, records: [one, record()] });
  const entries = [one, other].map((said, sequence) => {
    return { sequence, salt: systemRandom(16), bytes: encodeRecord(said) };
  });
  answers.piece = encodePiece(entries);
  answers.digest = pieceDigest(entries);
  answers.header = encodeSnapshot(
    snapshotOf({ ...first, federation: files.federationId, author: placeB.memberId }, [answers.digest]),
  );
  const second = buildBlock(
    {
      ...{ ...draft, height: 1, firstSequence: 2, records: [], previous: first.hash },
      snapshot: snapshotHash(answers.header),
    },
    b.keyring.identity,
    files.federationId,
  );
  answers.pull = [first.bytes, second.bytes];
  claims.feeds = [{ feed: unhex(feed, 32), epoch: 1, height: 1, head: unhex(second.hash, 32) }];
  const a = await start(placeA);
  await b.meet(a.federation.addresses()[0] as string);
  // The same record counts once there, so that A makes another snapshot of what it holds.
  await until("A has found out", async () => (await a.commit.get(feedStates, feed))?.frozen !== undefined);
  const said = async (of: AdvertRecord) =>
    (await a.federation.findBySha256(a.commit, of.digests.sha256)).map(({ record: { id } }) => id);
  expect([await said(one), await said(other)]).toEqual([[], [one.id]]);
  await a.stop();
  const again = await start(placeA);
  expect(await again.federation.findBySha256(again.commit, one.digests.sha256)).toEqual([]);
  expect(await again.federation.findBySha256(again.commit, other.digests.sha256)).toHaveLength(1);
});

test("a cut in the middle costs only what was under way", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placeC] = places as [Place, Place, Place];
  const a = await start(placeA);
  await fill(a);
  const fetched: number[] = [];
  const cut = await giver(a, placeB, files.trust, (request, answer) => {
    if (request.kind !== "pieces") return answer;
    if (fetched.length > 0) throw new Error("cut");
    fetched.push(...request.pieces.slice(0, 1));
    return { pieces: answer.pieces?.slice(0, 1) };
  });
  await a.federation.stop();
  const c = await start(placeC);
  await cut.meet(c.federation.addresses()[0] as string);
  await until("one piece is laid aside", async () => (await c.commit.count(staged)) === 1);
  await cut.stop();
  await c.stop();
  const again = await start(placeC);
  const puppet = await giver(a, placeB, files.trust, (request, answer) => {
    if (request.kind === "pieces") fetched.push(...request.pieces.slice(0, answer.pieces?.length));
    return answer;
  });
  await puppet.meet(again.federation.addresses()[0] as string);
  await until("it is whole", async () => (await countAt(again, a)) === (await countAt(a, a)));
  expect(fetched.toSorted()).toEqual([...new Set(fetched)].toSorted());
  const feed = feedId(placeA.memberId, "members");
  expect(await holdingsOf(again, feed)).toEqual(await holdingsOf(a, feed));
});

test("who commits to a snapshot that its blocks do not make is found out by everybody who holds them", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placePolice] = places as [Place, Place, Place];
  const [a, police] = (await Promise.all([start(placeA), start(placePolice)])) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, police)) && (await connected(police, a)));
  const b = await startPuppet(placeB, files.trust);
  const feed = feedId(placeB.memberId, "members");
  const draft = { author: placeB.memberId, feed, epoch: 1, records: [record()], time: Date.now() };
  const build = (place: object) =>
    buildBlock(
      { ...draft, height: 0, firstSequence: 0, random: systemRandom, ...place },
      b.keyring.identity,
      files.federationId,
    );
  const first = build({});
  const second = build({
    ...{ height: 1, firstSequence: 1, previous: first.hash, snapshot: systemRandom(32).toHex() },
  });
  const connection = await b.meet(a.federation.addresses()[0] as string);
  await b.ask(connection, "feed", pushOf(first.bytes));
  await until("both have the first", async () => (await police.federation.recordsBy(placeB.memberId)) === 1);
  await b.ask(connection, "feed", pushOf(second.bytes));
  const isFrozen = async (node: TestNode) => (await node.commit.get(feedStates, feed))?.frozen !== undefined;
  await until("both have frozen it", async () => (await isFrozen(a)) && (await isFrozen(police)));
  for (const node of [a, police]) {
    const [proof] = await Array.fromAsync(node.commit.list(evidence));
    expect(proof?.value).toMatchObject({ code: "advert/false-snapshot", member: placeB.memberId });
    expect(openBlock(proof?.value.parts[0] as Uint8Array, files.trust).hash).toBe(second.hash);
    expect(readSnapshot(proof?.value.parts[1] as Uint8Array)).toMatchObject({
      height: 0,
      head: hex(unhex(first.hash)),
    });
    expect(await node.federation.recordsBy(placeB.memberId)).toBe(1);
    expect(blockHashOf((await node.commit.get(blocks, feed, 0)) as Uint8Array)).toBe(first.hash);
  }
});
