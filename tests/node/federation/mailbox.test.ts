/** Members that are never there at the same time: what one says waits with a third, sealed, until the other one collects it. */
import { afterEach, expect, test } from "vitest";
import { deposits, kept, keptBytes } from "../../../node/federation/mailbox/collections.ts";
import { given } from "../../support/codes.ts";
import { applied } from "./counting.ts";
import { acquainted, keeper, otherKeeper, quick, start } from "./mail.ts";
import {
  cleanUp,
  connected,
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

async function say(node: TestNode, to: Place, about = newId()): Promise<{ about: string; id: string }> {
  const payload = { conversation: newId(), pseudonym: "p", text: "Is this yours?" };
  const id = await node.commit.run((unit) =>
    node.federation.say(unit, { type: "conversation.message", to: [to.memberId], payload, about }),
  );
  return { about, id };
}

const deliveryOf = async (node: TestNode, about: string) =>
  given((await node.federation.deliveriesAbout(node.commit, about))[0]);
const isKeptAt = async (node: TestNode, about: string, ...places: Place[]) => {
  const { mailboxes = [] } = await deliveryOf(node, about);
  return places.every(({ memberId }) => mailboxes.includes(memberId));
};
const effectsOf = async (node: TestNode, id: string) => (await node.commit.get(applied, id))?.count ?? 0;
const keptAt = (node: TestNode) => node.commit.count(kept);
const isEmpty = async (node: TestNode) => (await keptAt(node)) === 0;

test("a statement and its receipt go by way of a mailbox between members that never meet", async () => {
  const [placeA, placeB, placeM] = (await acquainted([hotlineA, hotlineB, keeper])).places as [
    Place,
    Place,
    Place,
  ];
  const mailbox = await start(placeM);
  let a = await start(placeA);
  const { about, id } = await say(a, placeB);
  await until("it waits in the mailbox", () => isKeptAt(a, about, placeM));
  expect(await deliveryOf(a, about)).toMatchObject({
    state: "waiting",
    detail: "peer/not-connected",
    mailboxes: [placeM.memberId],
  });
  expect(await mailbox.federation.mailboxView()).toMatchObject({
    offered: true,
    count: 1,
    for: [{ member: placeB.memberId, count: 1 }],
  });
  await a.stop();

  const b = await start(placeB);
  await until("it has its effect", async () => (await effectsOf(b, id)) === 1);
  await until("the receipt is kept instead", async () => {
    const held = await Array.fromAsync(mailbox.commit.list(kept));
    return held.length === 1 && held[0]?.value.recipient === placeA.memberId;
  });
  await b.stop();

  a = await start(placeA);
  await until("the receipt settles it", async () => (await deliveryOf(a, about)).state === "accepted");
  await until("nothing is kept any more", () => isEmpty(mailbox));
  expect(await mailbox.federation.mailboxView()).toMatchObject({ count: 0, bytes: 0, for: [] });
  await until("and the sender knows of no deposit", async () => (await a.commit.count(deposits)) === 0);
  expect(await mailbox.commit.count(keptBytes)).toBe(0);
});

test("copies lie in two countries, and one collected twice has one effect; a direct delivery is the same statement", async () => {
  const { places } = await acquainted([hotlineA, hotlineB, keeper, otherKeeper]);
  const [placeA, placeB, placeM, placeN] = places as [Place, Place, Place, Place];
  const [m, n, a] = await Promise.all([start(placeM), start(placeN), start(placeA)]);
  const said = [await say(a, placeB), await say(a, placeB), await say(a, placeB)];
  for (const { about } of said) await until("both keep it", () => isKeptAt(a, about, placeM, placeN));
  // It meets both mailboxes and the sender: everything comes three times.
  const b = await start(placeB);
  for (const { about } of said)
    await until("it is settled", async () => (await deliveryOf(a, about)).state !== "waiting");
  await until("both mailboxes were emptied", async () => (await isEmpty(m)) && (await isEmpty(n)));
  for (const { about, id } of said) {
    expect(["accepted", "duplicate"]).toContain((await deliveryOf(a, about)).state);
    expect(await effectsOf(b, id)).toBe(1);
  }
});

test("sequence numbers that come by two ways leave no gap, and nothing is asked for again", async () => {
  const { places } = await acquainted([hotlineA, hotlineB, keeper]);
  const [placeA, placeB, placeM] = places as [Place, Place, Place];
  const [m, a] = await Promise.all([start(placeM), start(placeA)]);
  const first = await say(a, placeB);
  await until("the first waits in the mailbox", () => isKeptAt(a, first.about, placeM));
  await m.stop();
  const second = await say(a, placeB);
  const b = await start(placeB);
  await until("the second came directly", async () => (await effectsOf(b, second.id)) === 1);
  await start(placeM);
  await until("the mailbox was emptied by the receiver", async () => (await effectsOf(b, first.id)) === 1);
  const { inflows } = await import("../../../node/federation/delivery/collections.ts");
  await until(
    "both count as arrived",
    async () => (await b.commit.get(inflows, placeA.memberId))?.contiguous === 2,
  );
  expect((await b.commit.get(inflows, placeA.memberId))?.beyond).toEqual([]);
  expect([await effectsOf(b, first.id), await effectsOf(b, second.id)]).toEqual([1, 1]);
});

test("a member without the capability keeps nothing, and one that is back soon is not waited for in a mailbox", async () => {
  const [placeA, placeB, placeM] = (await acquainted([hotlineA, hotlineB, policeB])).places as [
    Place,
    Place,
    Place,
  ];
  const [m, a] = await Promise.all([start(placeM), start(placeA, { after: "1h" })]);
  await until("they are connected", () => connected(a, m));
  const { about } = await say(a, placeB);
  expect(await deliveryOf(a, about)).toMatchObject({ state: "waiting", detail: "peer/not-connected" });
  const b = await start(placeB);
  await until("it came directly", async () => (await deliveryOf(a, about)).state === "accepted");
  expect(await keptAt(m)).toBe(0);
  expect((await m.federation.mailboxView()).offered).toBe(false);
  await b.stop();
});

test("a report never waits behind its updates: where the first has no room, the second does not go", async () => {
  const { places } = await acquainted([hotlineA, hotlineB, keeper, otherKeeper]);
  const [placeA, placeB, placeM, placeN] = places as [Place, Place, Place, Place];
  const full = { keep: { perRecipient: { count: 1 } } };
  const [m, n, a] = await Promise.all([start(placeM, full), start(placeN), start(placeA)]);
  const filler = await say(a, placeB);
  await until("one mailbox is full", async () => (await keptAt(m)) === 1);
  const about = newId();
  const [one, two] = [await say(a, placeB, about), await say(a, placeB, about)];
  await until("both wait in the other one", async () => (await keptAt(n)) === 3);
  await m.stop();
  await start(placeM);
  await until("the first, then the second go to the one that has room again", async () => {
    const rows = await a.federation.deliveriesAbout(a.commit, about);
    return rows.every(({ mailboxes = [] }) => mailboxes.length === 2);
  });
  await a.stop();
  const order: string[] = [];
  const b = await startNode(placeB, {
    settings: quick(),
    prepare: (federation) =>
      federation.handle("conversation.message", {
        apply: (_, { statement }) => Promise.resolve(void order.push(statement.id)),
      }),
  });
  await until("all three were collected", () => order.length === 3);
  expect(order.indexOf(one.id)).toBeLessThan(order.indexOf(two.id));
  expect(order).toContain(filler.id);
  await b.stop();
});
