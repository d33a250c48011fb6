/** Transfers between real nodes: over every interruption, whatever the holder gives, and as people say. */
import { afterEach, expect, test } from "vitest";
import { offers } from "../../../node/federation/material/offers.ts";
import { begin, grantTo, startReceiver, type Receiver } from "./granting.ts";
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

const MiB = 2 ** 20;
/** So slow that a person could say something meanwhile. */
const slow = { federation: { material: { bandwidth: "4MiB" } } };

interface Pair {
  readonly places: readonly [Place, Place];
  readonly holder: TestNode;
  readonly taker: Receiver;
}

async function pair(holderSettings = {}, takerSettings = {}): Promise<Pair> {
  const { places } = await found([hotlineA, policeB]);
  const [a, b] = places as [Place, Place];
  const holder = await startNode(a, { settings: holderSettings });
  const taker = await startReceiver(b, { settings: takerSettings });
  await until("they have met", () => connected(taker.node, holder));
  return { places: [a, b], holder, taker };
}

const same = async ({ node, arrived }: Receiver, id: string, bytes: Uint8Array) =>
  Buffer.compare(await node.vault.readAll(arrived.get(id) ?? "", bytes.length), bytes) === 0;
const arriving = ({ view }: Receiver, id: string, least = 1) =>
  until("it is arriving", async () => ((await view(id))?.received ?? 0) >= least);
const offersOf = async ({ store }: TestNode) => {
  const names: string[] = [];
  for await (const { key } of store.list(offers)) names.push(String(key[0]));
  return names;
};

test("a granted item arrives, and both sides see how far it is meanwhile", async () => {
  const { places, holder, taker } = await pair(slow);
  const { grant, bytes } = await grantTo(holder, places[1].memberId, 6 * MiB);
  expect(holder.federation.material.given(grant.id)).toBeUndefined();
  const id = await begin(taker, places[0].memberId, grant);
  await arriving(taker, id, 2 * MiB);
  const view = await taker.view(id);
  expect(view).toMatchObject({ state: "arriving", total: grant.sealedBytes });
  expect(view?.perSecond).toBeGreaterThan(0);
  const given = holder.federation.material.given(grant.id);
  expect(given?.upTo).toBeGreaterThanOrEqual(view?.received ?? Infinity);
  await until("it has arrived", () => taker.arrived.has(id));
  expect(await same(taker, id, bytes)).toBe(true);
  expect(taker.shown()).toBeGreaterThan(2);
  expect(await taker.view(id)).toBeUndefined();
});

test("paused it rests, over a restart too, and goes on where it was", async () => {
  const { places, holder, taker } = await pair(slow);
  const { grant, bytes } = await grantTo(holder, places[1].memberId, 6 * MiB);
  const id = await begin(taker, places[0].memberId, grant);
  await arriving(taker, id);
  await taker.node.commit.run((unit) => taker.node.federation.material.transfers.pause(unit, id));
  const paused = await taker.view(id);
  expect(paused).toMatchObject({ state: "paused", perSecond: 0 });
  await taker.node.stop();
  const again = await startReceiver(places[1]);
  await until("they have met", () => connected(again.node, holder));
  expect(await again.view(id)).toEqual(paused);
  await again.node.commit.run((unit) => again.node.federation.material.transfers.resume(unit, id));
  await until("it has arrived", () => again.arrived.has(id));
  expect(await same(again, id, bytes)).toBe(true);
});

test("cancelled it leaves nothing behind", async () => {
  const { places, holder, taker } = await pair(slow);
  const { grant } = await grantTo(holder, places[1].memberId, 6 * MiB);
  const id = await begin(taker, places[0].memberId, grant);
  await arriving(taker, id);
  const { id: item } = await taker.node.vault.receive(grant);
  await taker.node.commit.run((unit) => taker.node.federation.material.transfers.cancel(unit, id));
  expect(await taker.view(id)).toBeUndefined();
  await until("nothing has come of it", async () => (await taker.node.vault.receive(grant)).received === 0);
  expect(await taker.node.vault.has(item)).toBe(false);
  expect([taker.arrived.size, taker.ended.size]).toEqual([0, 0]);
});

test("withdrawn in the middle it ends with that reason", async () => {
  const { places, holder, taker } = await pair(slow);
  const { grant } = await grantTo(holder, places[1].memberId, 6 * MiB);
  const id = await begin(taker, places[0].memberId, grant);
  await arriving(taker, id);
  await holder.commit.run((unit) => holder.federation.material.withdraw(unit, grant.id));
  await until("it has ended", () => taker.ended.has(id));
  expect(taker.ended.get(id)).toBe("material/grant-withdrawn");
  expect(taker.arrived.size).toBe(0);
});

test("the holder away: it waits, says why, and goes on when the holder is back", async () => {
  const { places, holder, taker } = await pair(slow, {
    federation: { material: { retryFirst: "1h", retryMost: "1h" } },
  });
  const { grant, bytes } = await grantTo(holder, places[1].memberId, 6 * MiB);
  const id = await begin(taker, places[0].memberId, grant);
  await arriving(taker, id);
  await holder.stop();
  await until("it waits, and says why", async () => /^peer\//.test((await taker.view(id))?.code ?? ""));
  expect(await taker.view(id)).toMatchObject({ state: "waiting", perSecond: 0 });
  await startNode(places[0]);
  await until("it has arrived", () => taker.arrived.has(id));
  expect(await same(taker, id, bytes)).toBe(true);
});

test("no room on the disk: it waits with what it has, and goes on when there is room", async () => {
  const { places, holder, taker } = await pair();
  const { grant, bytes } = await grantTo(holder, places[1].memberId, 3 * MiB);
  await taker.node.stop();
  const full = await startReceiver(places[1], { settings: { vault: { reserve: "900000GiB" } } });
  const id = await begin(full, places[0].memberId, grant);
  await until("it waits", async () => (await full.view(id))?.code === "vault/no-room");
  expect(full.ended.size).toBe(0);
  await full.node.stop();
  const roomy = await startReceiver(places[1]);
  await until("it has arrived", () => roomy.arrived.has(id));
  expect(await same(roomy, id, bytes)).toBe(true);
});

test("several at once share the line, and one that is larger does not keep the others waiting", async () => {
  const { places } = await found([hotlineA, policeB, hotlineB]);
  const [a, b, c] = places as [Place, Place, Place];
  const holder = await startNode(a, { settings: { federation: { material: { bandwidth: "8MiB" } } } });
  const takers = await Promise.all([startReceiver(b), startReceiver(c)]);
  for (const { node } of takers) await until("they have met", () => connected(node, holder));
  const [large, small] = takers as [Receiver, Receiver];
  const first = await grantTo(holder, b.memberId, 16 * MiB);
  const second = await grantTo(holder, c.memberId, 4 * MiB);
  const begun = await begin(large, a.memberId, first.grant);
  await arriving(large, begun);
  const later = await begin(small, a.memberId, second.grant);
  await until("the smaller has arrived", () => small.arrived.has(later));
  expect(large.arrived.has(begun)).toBe(false);
  await until("so has the larger", () => large.arrived.has(begun));
  expect(await same(large, begun, first.bytes)).toBe(true);
});

const lies: readonly [string, (range: Uint8Array, offset: number) => Uint8Array][] = [
  ["a wrong byte", (range, offset) => (offset > MiB ? range.with(9, (range[9] ?? 0) ^ 1) : range)],
  ["too few bytes", (range, offset) => (offset > MiB ? range.subarray(1) : range)],
  ["chunks swapped", (range, offset) => (offset > MiB ? swapped(range) : range)],
];

/** The first two chunks in each other's place. */
function swapped(range: Uint8Array): Uint8Array {
  const chunk = 16 * 1024 + 16;
  return Buffer.concat([
    range.subarray(chunk, 2 * chunk),
    range.subarray(0, chunk),
    range.subarray(2 * chunk),
  ]);
}

test.each(lies)("a holder that gives %s for a while costs no good chunk", async (_, lie) => {
  const { places, holder, taker } = await pair();
  const { grant, bytes } = await grantTo(holder, places[1].memberId, 3 * MiB);
  const { grantRange } = holder.vault;
  const asked: number[] = [];
  let lying = 2;
  Object.assign(holder.vault, {
    grantRange: async (...given: Parameters<typeof grantRange>) => {
      const [, , offset] = given;
      const range = await grantRange(...given);
      asked.push(offset);
      return offset > MiB && lying-- > 0 ? lie(Uint8Array.from(range), offset) : range;
    },
  });
  const id = await begin(taker, places[0].memberId, grant);
  await until("it has arrived", () => taker.arrived.has(id));
  expect(await same(taker, id, bytes)).toBe(true);
  expect(asked.filter((offset) => offset === 0)).toHaveLength(1);
});

test("a holder that never gives the granted item is given up, and nothing of it is kept", async () => {
  const { places, holder, taker } = await pair();
  const { grant } = await grantTo(holder, places[1].memberId, 3 * MiB);
  const { grantRange } = holder.vault;
  Object.assign(holder.vault, {
    grantRange: async (...given: Parameters<typeof grantRange>) =>
      Uint8Array.from(await grantRange(...given))
        .with(99, 1)
        .with(100, 2),
  });
  const id = await begin(taker, places[0].memberId, grant);
  await until("it has ended", () => taker.ended.has(id));
  expect(taker.ended.get(id)).toBe("vault/bad-material");
  expect((await taker.node.vault.receive(grant)).received).toBe(0);
});

test("another file than the one granted is not kept, however well it is encrypted", async () => {
  const { places, holder, taker } = await pair();
  const { grant } = await grantTo(holder, places[1].memberId, MiB);
  const id = await begin(taker, places[0].memberId, { ...grant, sha256: "ab".repeat(32) });
  await until("it has ended", () => taker.ended.has(id));
  expect(taker.ended.get(id)).toBe("vault/hash-mismatch");
});

test("offers have an end: settled at once, or some time after they expired", async () => {
  const { places, holder } = await pair({ federation: { material: { offerKept: "100ms" } } });
  const to = places[1].memberId;
  const [settled, expired, running] = [
    await grantTo(holder, to, 10),
    await grantTo(holder, to, 10, Date.now() + 100),
    await grantTo(holder, to, 10),
  ];
  await holder.commit.run((unit) => holder.federation.material.settle(unit, settled.grant.id));
  await until("the expired one is gone", async () => (await offersOf(holder)).length === 1);
  expect(await offersOf(holder)).toEqual([running.grant.id]);
  expect(expired.grant.id).not.toBe(running.grant.id);
});
