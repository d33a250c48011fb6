/** Member cards over weeks: sealing keys announced, used, forgotten and revoked, while nodes are there or away. */
import { afterEach, expect, test } from "vitest";
import { systemRandom } from "@wardline/protocol/encoding";
import { buildCard, card, sealingKeyFor, signFile } from "@wardline/protocol/roster";
import { renewFreshness } from "../../../node/federation/index.ts";
import { openKeyring, unlock } from "../../../node/vault/index.ts";
import { leapingClock, type LeapingClock } from "../../support/leaping-clock.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  startNode,
  until,
  type Place,
  type TestFederation,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** Ids of the sealing keys that each node opened something with. */
const used = new WeakMap<TestNode["keyring"], string[]>();

function start(place: Place, clock: LeapingClock): Promise<TestNode> {
  return startNode(place, {
    clock,
    prepare(federation, { keyring }) {
      federation.handle("conversation.message", { apply: () => Promise.resolve() });
      const opened: string[] = [];
      used.set(keyring, opened);
      const find = keyring.sealingSeed;
      Object.assign(keyring, { sealingSeed: (id: string) => (opened.push(id), find(id)) });
    },
  });
}

async function pair(clock: LeapingClock) {
  const { places, files } = await found([hotlineA, hotlineB], clock);
  const [a, b] = (await Promise.all(places.map((place) => start(place, clock)))) as [TestNode, TestNode];
  await meet(a, b);
  return { a, b, files };
}

const meet = (a: TestNode, b: TestNode) =>
  until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));

async function leap(clock: LeapingClock, time: number, files: TestFederation["files"], ...nodes: TestNode[]) {
  clock.leap(time);
  for (const { federation } of nodes) {
    const file = renewFreshness(federation.trust(), files.freshnessKeys, clock.now());
    await federation.acceptFiles([{ kind: "freshness", file }]);
  }
}

async function say(node: TestNode, to: Place): Promise<string> {
  const about = newId();
  const payload = { conversation: newId(), pseudonym: "p", text: "x" };
  await node.commit.run((unit) =>
    node.federation.say(unit, { type: "conversation.message", to: [to.memberId], payload, about }),
  );
  return about;
}

const deliveryAbout = async (node: TestNode, about: string) =>
  (await node.federation.deliveriesAbout(node.commit, about))[0];

const arrives = (node: TestNode, about: string) =>
  until("the receipt is in", async () => (await deliveryAbout(node, about))?.state === "accepted");

const cardOf = (node: TestNode, whose: Place) => card(node.federation.trust(), whose.memberId);

test("over ten weeks statements go both ways under each week's keys, and keys are gone 36 days after their first use", async () => {
  const clock = leapingClock();
  const { a, b, files } = await pair(clock);
  const weekly: string[] = [];
  const announced = new Set(cardOf(a, b.place)?.sealingKeys.map(({ id }) => id));
  for (let week = 0; week <= 10; week++) {
    used.get(b.keyring)?.splice(0);
    if (week > 0) await leap(clock, WEEK, files, a, b);
    await until("both have the new card of the other", () =>
      [cardOf(a, b.place), cardOf(b, a.place)].every(
        (held) => (held?.sealingKeys[0]?.until ?? 0) > clock.now() && held?.sealingKeys.length === 5,
      ),
    );
    await meet(a, b);
    await Promise.all([
      say(a, b.place).then((id) => arrives(a, id)),
      say(b, a.place).then((id) => arrives(b, id)),
    ]);
    const current = sealingKeyFor(a.federation.trust(), b.place.memberId, clock.now())?.id ?? "";
    // Envelopes and receipts, and the hellos of connections that were made anew: the long silence has ended the old ones.
    expect(new Set(used.get(b.keyring))).toEqual(new Set([current]));
    expect(announced).toContain(current);
    for (const { id } of cardOf(a, b.place)?.sealingKeys ?? []) announced.add(id);
    weekly.push(current);
  }
  expect(new Set(weekly).size).toBe(11);
  const master = await unlock(b.place.folder, { keyFile: b.place.keyFile });
  const onDisk = await openKeyring(b.place.folder, master, systemRandom);
  const held = onDisk.sealing();
  expect(held.every(({ from }) => clock.now() - from < 36 * DAY + WEEK)).toBe(true);
  expect(weekly.slice(0, 5).map(onDisk.sealingSeed)).toEqual(weekly.slice(0, 5).map(() => undefined));
  expect(weekly.slice(-5).every((id) => onDisk.sealingSeed(id))).toBe(true);
  // Six weeks that were used, this one among them, and four to come, at most.
  expect(held.length).toBeLessThanOrEqual(10);
});

test("a member that is off for three weeks is still written to", async () => {
  const clock = leapingClock();
  const { a, b, files } = await pair(clock);
  const known = cardOf(a, b.place);
  await b.stop();
  await leap(clock, 3 * WEEK, files, a);
  const about = await say(a, b.place);
  expect(await deliveryAbout(a, about)).toMatchObject({ state: "waiting", detail: "peer/not-connected" });
  const key = sealingKeyFor(a.federation.trust(), b.place.memberId, clock.now());
  expect(known?.sealingKeys[3]?.id).toBe(key?.id);
  const back = await start(b.place, clock);
  expect(back.keyring.sealingSeed(key?.id ?? "")).toBeDefined();
  await arrives(a, about);
});

test("for a member that is off for six weeks statements wait, say so, and go out when its new card arrives", async () => {
  const clock = leapingClock();
  const { a, b, files } = await pair(clock);
  await b.stop();
  await leap(clock, 6 * WEEK, files, a);
  const about = await say(a, b.place);
  expect(await deliveryAbout(a, about)).toMatchObject({
    state: "waiting",
    detail: "envelope/no-sealing-key",
  });
  const standing = (await a.federation.membersView()).find(({ id }) => id === b.place.memberId);
  expect(standing).toMatchObject({ connected: false, waiting: 1, note: "envelope/no-sealing-key" });
  const back = await start(b.place, clock);
  await arrives(a, about);
  expect(cardOf(a, b.place)?.version).toBe(cardOf(back, b.place)?.version);
  const again = (await a.federation.membersView()).find(({ id }) => id === b.place.memberId);
  expect(again?.note).toBeUndefined();
});

test("two cards of one version are kept as evidence and shown, at every member", async () => {
  const { a, b } = await pair(leapingClock());
  const trust = b.federation.trust();
  const held = trust.cards.get(b.place.memberId)?.values().next().value;
  if (!held) throw new Error("There is no card.");
  const bytes = buildCard({ ...held.value, addresses: ["/ip4/192.0.2.1/tcp/4001"] });
  const signatures = [signFile("card", bytes, trust.federationId, b.keyring.identity)];
  expect(await a.federation.acceptFiles([{ kind: "card", file: { bytes, signatures } }])).toMatchObject({
    refused: [{ kind: "card", code: "card/two-of-one-version" }],
  });
  const noteAt = async (node: TestNode) =>
    (await node.federation.membersView()).find(({ id }) => id === b.place.memberId)?.note;
  expect(await noteAt(a)).toBe("card/two-of-one-version");
  await until("the member itself is shown it", async () => (await noteAt(b)) === "card/two-of-one-version");
  // The first one stands, and exchange goes on.
  await arrives(a, await say(a, b.place));
});

test("withdrawn sealing keys are revoked by the next card; the present one only opens what is under way", async () => {
  const clock = leapingClock();
  const { a, b, files } = await pair(clock);
  const before = cardOf(a, b.place)?.sealingKeys.map(({ id }) => id) ?? [];
  await b.stop();
  const master = await unlock(b.place.folder, { keyFile: b.place.keyFile });
  await (await openKeyring(b.place.folder, master, systemRandom)).withdrawSealing(clock.now());
  const back = await start(b.place, clock);
  await until("the card has arrived", () => cardOf(a, b.place)?.sealingKeys[0]?.id !== before[0]);
  const after = cardOf(a, b.place)?.sealingKeys.map(({ id }) => id) ?? [];
  expect(after).toHaveLength(5);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
  const key = cardOf(a, b.place)?.keyId ?? "";
  const signed = a.federation.trust().cards.get(b.place.memberId)?.get(key)?.value;
  expect(signed?.revoked).toEqual(before.slice(1));
  expect(back.keyring.sealingSeed(before[0] ?? "")).toBeDefined();
  expect(back.keyring.sealingSeed(before[1] ?? "")).toBeUndefined();
  const about = await say(a, b.place);
  await arrives(a, about);
  // A reader that missed that card takes a later one, although it holds the revoked keys as used by then.
  await leap(clock, 2 * WEEK, files, a, back);
  await until("the revoked keys whose weeks have come are named no more", () => {
    const held = a.federation.trust().cards.get(b.place.memberId)?.get(key)?.value;
    return held?.revoked.length === 2 && held.sealingKeys.length === 5;
  });
});
