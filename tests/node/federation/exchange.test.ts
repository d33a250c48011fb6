/** Real nodes: they find each other, and what one says arrives once and is receipted. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Federation } from "../../../node/federation/index.ts";
import { defineCollection } from "../../../node/store/index.ts";
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
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

interface Applied {
  readonly order: number;
  readonly count: number;
}
/** How often each statement has had its effect, and in which order. */
const applied = defineCollection<Applied>("test.applied");

function counting(federation: Federation): void {
  federation.handle("conversation.message", {
    async apply(unit, { statement }) {
      if (statement.payload["text"] === "refuse me") throw new WardlineError("test/refused", "As asked.");
      const before = await unit.get(applied, statement.id);
      const order = before?.order ?? (await unit.count(applied));
      unit.put(applied, [statement.id], { order, count: (before?.count ?? 0) + 1 });
    },
  });
}

const start = (place: TestNode["place"]) => startNode(place, { prepare: counting });

function say(
  node: TestNode,
  to: readonly TestNode["place"][],
  about: string,
  text = "Hello",
): Promise<string> {
  const payload = { conversation: newId(), pseudonym: "p", text, report: { id: about, reference: "AA-1" } };
  return node.commit.run((unit) =>
    node.federation.say(unit, {
      type: "conversation.message",
      to: to.map(({ memberId }) => memberId),
      payload,
      about,
    }),
  );
}

const statesAbout = async (node: TestNode, about: string) =>
  (await node.federation.deliveriesAbout(node.commit, about)).map(({ state }) => state);

const kindsAbout = async (node: TestNode, about: string) =>
  (await Array.fromAsync(node.ledger.ofSubject(node.commit, about))).map(({ kind }) => kind);

test("a statement arrives, has its effect once, and its receipt comes back; both ledgers say so", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [a, b] = (await Promise.all(places.map(start))) as [TestNode, TestNode];
  const about = newId();
  const id = await say(a, [b.place], about);
  await until("the receipt is in", async () => (await statesAbout(a, about))[0] === "accepted");
  expect((await b.commit.get(applied, id))?.count).toBe(1);
  expect(await b.federation.received(b.commit, id)).toMatchObject({
    author: a.place.memberId,
    type: "conversation.message",
    result: "accepted",
  });
  expect(await kindsAbout(a, about)).toEqual(["statement.sent", "statement.receipted"]);
  expect(await kindsAbout(b, about)).toEqual(["statement.received"]);
  expect(await connected(a, b)).toBe(true);
  expect(await connected(b, a)).toBe(true);
  expect((await a.ledger.verify(about)).verified).toBe(true);
});

test("one statement to two members is one statement with two deliveries", async () => {
  const { places } = await found([hotlineA, hotlineB, policeB]);
  const [a, b, police] = (await Promise.all(places.map(start))) as [TestNode, TestNode, TestNode];
  const about = newId();
  const id = await say(a, [b.place, police.place], about);
  await until(
    "both receipts are in",
    async () => (await statesAbout(a, about)).join() === "accepted,accepted",
  );
  const [atB, atPolice] = await Promise.all(
    [b, police].map((node) => node.federation.received(node.commit, id)),
  );
  expect(atB?.hash).toBe(atPolice?.hash);
  expect(await kindsAbout(a, about)).toEqual([
    "statement.sent",
    "statement.receipted",
    "statement.receipted",
  ]);
});

test("many statements reach their handler in the order in which they were said", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [a, b] = (await Promise.all(places.map(start))) as [TestNode, TestNode];
  const about = newId();
  const ids = await Promise.all(
    Array.from({ length: 100 }, (_, index) => say(a, [b.place], about, `message ${index}`)),
  );
  await until("all receipts are in", async () =>
    (await statesAbout(a, about)).every((state) => state === "accepted"),
  );
  const orders = await Promise.all(ids.map(async (id) => (await b.commit.get(applied, id))?.order));
  expect(orders).toEqual(ids.map((_, index) => index));
});

test("ids of statements sort as they were said, so that databases keep large ones in order", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [a, b] = (await Promise.all(places.map(start))) as [TestNode, TestNode];
  const ids: string[] = [];
  for (let at = 0; at < 4; at++) {
    ids.push(await say(a, [b.place], newId()));
    const last = Date.now();
    await until("a later millisecond", () => Date.now() > last);
  }
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(4);
});

test("what is said while the recipient is away waits, says why, and is delivered when it is back", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const [a, b] = await Promise.all([start(placeA), start(placeB)]);
  await until("they have met", () => connected(a, b));
  await b.stop();
  await until("its absence is noticed", async () => !(await connected(a, b)));
  const about = newId();
  const id = await say(a, [placeB], about);
  expect(await a.federation.deliveriesAbout(a.commit, about)).toMatchObject([
    { state: "waiting", detail: "peer/not-connected" },
  ]);
  const standing = (await a.federation.membersView()).find((one) => one.id === placeB.memberId);
  expect(standing).toMatchObject({ connected: false, waiting: 1 });
  const again = await start(placeB);
  await until("it was delivered", async () => (await statesAbout(a, about))[0] === "accepted");
  expect((await again.commit.get(applied, id))?.count).toBe(1);
});

test("what is said to a member that was never met waits for its card", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const a = await start(placeA);
  const about = newId();
  await say(a, [placeB], about);
  expect(await a.federation.deliveriesAbout(a.commit, about)).toMatchObject([
    { state: "waiting", detail: "envelope/no-sealing-key" },
  ]);
  await start(placeB);
  await until("it was delivered", async () => (await statesAbout(a, about))[0] === "accepted");
});

test("the sender may be restarted between saying and delivering", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const first = await start(placeA);
  const about = newId();
  const id = await say(first, [placeB], about);
  await first.stop();
  const [a, b] = await Promise.all([start(placeA), start(placeB)]);
  await until("it was delivered", async () => (await statesAbout(a, about))[0] === "accepted");
  expect((await b.commit.get(applied, id))?.count).toBe(1);
});

test("a rejected statement is not tried again, leaves nothing behind, and both sides know the reason", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [a, b] = (await Promise.all(places.map(start))) as [TestNode, TestNode];
  const about = newId();
  const id = await say(a, [b.place], about, "refuse me");
  await until("the rejection is in", async () => (await statesAbout(a, about))[0] === "rejected");
  expect(await a.federation.deliveriesAbout(a.commit, about)).toMatchObject([{ detail: "test/refused" }]);
  expect(await b.commit.get(applied, id)).toBeUndefined();
  expect(await b.federation.received(b.commit, id)).toMatchObject({
    result: "rejected",
    code: "test/refused",
  });
  expect(await kindsAbout(a, about)).toEqual(["statement.sent", "statement.rejected"]);
  expect(await kindsAbout(b, about)).toEqual(["statement.rejected"]);
  await say(a, [b.place], newId());
  const waiting = async () =>
    (await a.federation.membersView()).find(({ id: one }) => one === b.place.memberId)?.waiting;
  await until("the next one has arrived", async () => (await waiting()) === 0);
  expect(b.federation.counts()["/wardline/envelope/1"]?.answers).toBe(2);
});

test("a type that the recipient does not handle is kept as unsupported, and handled after an upgrade", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const a = await start(placeA);
  const old = await startNode(placeB);
  const about = newId();
  const id = await say(a, [placeB], about);
  await until("the receipt is in", async () => (await statesAbout(a, about))[0] === "unsupported");
  await old.stop();
  const upgraded = await start(placeB);
  await until("it was handled", async () => (await upgraded.commit.get(applied, id)) !== undefined);
  expect(await upgraded.federation.received(upgraded.commit, id)).toMatchObject({ result: "accepted" });
  await a.stop();
  const again = await start(placeA);
  await until("the later receipt is in", async () => (await statesAbout(again, about))[0] === "duplicate");
  expect((await upgraded.commit.get(applied, id))?.count).toBe(1);
});

test("a recipient that was restored from a backup is sent again what it had receipted", async () => {
  const { places, root } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const [a, b] = await Promise.all([start(placeA), start(placeB)]);
  const early = newId();
  const first = await say(a, [placeB], early);
  await until("the first is receipted", async () => (await statesAbout(a, early))[0] === "accepted");
  await b.stop();
  await cp(placeB.folder, join(root, "backup"), { recursive: true });
  const between = await start(placeB);
  const late = newId();
  const second = await say(a, [placeB], late);
  await until("the second is receipted", async () => (await statesAbout(a, late))[0] === "accepted");
  await between.stop();
  await rm(placeB.folder, { recursive: true });
  await cp(join(root, "backup"), placeB.folder, { recursive: true });
  const restored = await start(placeB);
  expect(await restored.commit.get(applied, second)).toBeUndefined();
  await until(
    "it has the second again",
    async () => (await restored.commit.get(applied, second)) !== undefined,
  );
  expect((await restored.commit.get(applied, first))?.count).toBe(1);
  await until("which is receipted again", async () => (await statesAbout(a, late))[0] === "accepted");
});

test("nothing is said that every recipient would have to refuse", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const a = await start(places[0] as TestNode["place"]);
  const to = [places[1]?.memberId ?? ""];
  const payload = { request: newId(), item: newId(), reason: "no" };
  const refused = a.commit.run((unit) =>
    a.federation.say(unit, { type: "material.refuse", to, payload, about: "" }),
  );
  await expect(refused).rejects.toMatchObject({ code: "statement/not-allowed" });
  expect(a.ledger.size).toBe(0);
});
