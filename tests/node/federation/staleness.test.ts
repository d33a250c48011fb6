/** Time passes: freshness runs out and is renewed, sealing keys turn, members are absent meanwhile. */
import { afterEach, expect, test } from "vitest";
import { card, freshnessOf } from "@wardline/protocol/roster";
import { renewFreshness } from "../../../node/federation/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
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
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A clock that can be put forward. */
function movable() {
  const offset = { now: 0 };
  return { offset, clock: { ...systemClock, now: () => Date.now() + offset.now } };
}

const accepting = (federation: TestNode["federation"]) =>
  federation.handle("conversation.message", { apply: () => Promise.resolve() });

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

test("stale membership lets known members go on; expired makes outgoing wait; a fresh file brings it all back", async () => {
  const { offset, clock } = movable();
  const { places, files } = await found([hotlineA, hotlineB], clock);
  const [placeA, placeB] = places as [Place, Place];
  const options = { clock, prepare: accepting };
  const [a, b] = await Promise.all([startNode(placeA, options), startNode(placeB, options)]);
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  offset.now = 25 * HOUR;
  expect(freshnessOf(a.federation.trust(), clock.now())).toBe("stale");
  const whileStale = await say(a, placeB);
  await until("it was delivered", async () => (await deliveryAbout(a, whileStale))?.state === "accepted");
  offset.now = 73 * HOUR;
  const whileExpired = await say(a, placeB);
  expect(await deliveryAbout(a, whileExpired)).toMatchObject({
    state: "waiting",
    detail: "federation/membership-expired",
  });
  const file = renewFreshness(a.federation.trust(), files.freshnessKeys, clock.now());
  expect(await b.federation.acceptFiles([{ kind: "freshness", file }])).toMatchObject({ accepted: 1 });
  await until("the fresh file has spread and it was delivered", async () => {
    return (await deliveryAbout(a, whileExpired))?.state === "accepted";
  });
});

test("what arrives while the recipient's membership is expired is kept unopened, and judged when it is fresh again", async () => {
  const sender = movable();
  const recipient = movable();
  const { places, files } = await found([hotlineA, hotlineB], sender.clock);
  const [placeA, placeB] = places as [Place, Place];
  const a = await startNode(placeA, { clock: sender.clock, prepare: accepting });
  const b = await startNode(placeB, { clock: recipient.clock, prepare: accepting });
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  // Only the recipient's clock says that its freshness file is past all tolerance.
  recipient.offset.now = 73 * HOUR;
  const about = await say(a, placeB);
  await until("it was refused for now", async () => {
    const [held] = [
      ...(await Array.fromAsync(
        b.commit.list((await import("../../../node/federation/delivery/collections.ts")).quarantine),
      )),
    ];
    return held !== undefined;
  });
  expect((await deliveryAbout(a, about))?.state).toBe("waiting");
  recipient.offset.now = 0;
  const file = renewFreshness(b.federation.trust(), files.freshnessKeys, Date.now());
  await b.federation.acceptFiles([{ kind: "freshness", file }]);
  await until("it was judged and receipted", async () => {
    const state = (await deliveryAbout(a, about))?.state;
    return state === "duplicate" || state === "accepted";
  });
});

test("a node with delegated keys renews freshness by itself, for everybody", async () => {
  const { offset, clock } = movable();
  const { places, files } = await found([hotlineA, hotlineB], clock);
  const [placeA, placeB] = places as [Place, Place];
  const first = await startNode(placeA, { clock });
  await first.federation.holdFreshnessKeys(files.freshnessKeys);
  await first.stop();
  offset.now = 20 * HOUR;
  const [a, b] = await Promise.all([startNode(placeA, { clock }), startNode(placeB, { clock })]);
  await until("it is renewed and has spread", () => {
    const expires = b.federation.trust().freshness?.value.expires ?? 0;
    return expires > clock.now() + 23 * HOUR;
  });
  expect(a.federation.trust().freshness?.value.version).toBeGreaterThan(1);
});

test("keys that come to a node whose freshness has run out renew it at once", async () => {
  const { offset, clock } = movable();
  const { places, files } = await found([hotlineA, hotlineB], clock);
  const [place] = places as [Place, Place];
  offset.now = 5 * DAY;
  const node = await startNode(place, { clock });
  expect(freshnessOf(node.federation.trust(), clock.now())).toBe("expired");
  await node.federation.holdFreshnessKeys(files.freshnessKeys);
  await until("it is fresh", () => freshnessOf(node.federation.trust(), clock.now()) === "current");
});

test("a week later the card announces other sealing keys, and after 36 days the first ones are gone", async () => {
  const { offset, clock } = movable();
  const { places, files } = await found([hotlineA, hotlineB], clock);
  const [placeA] = places as [Place, Place];
  const keysOf = (node: TestNode) =>
    card(node.federation.trust(), placeA.memberId)?.sealingKeys.map(({ id }) => id) ?? [];
  const before = await startNode(placeA, { clock });
  const first = keysOf(before);
  expect(first).toHaveLength(5);
  await before.stop();
  offset.now = 7 * DAY;
  const later = await startNode(placeA, { clock });
  expect(keysOf(later).slice(0, 4)).toEqual(first.slice(1));
  expect(keysOf(later)).toHaveLength(5);
  expect(later.keyring.sealingSeed(first[0] as string)).toBeDefined();
  await later.stop();
  offset.now = 44 * DAY;
  const muchLater = await startNode(placeA, { clock });
  expect(muchLater.keyring.sealingSeed(first[0] as string)).toBeUndefined();
  expect(files.memberIds).toContain(placeA.memberId);
});

test("a node that runs on forgets a sealing key on its last day, not with the next turn of keys", async () => {
  const { offset, clock: moved } = movable();
  // In the middle of a key's week, so that of the timers the housekeeping's is the one of an hour, the next turn's of days.
  offset.now = (Math.ceil(Date.now() / (7 * DAY)) * 7 - 3) * DAY - Date.now();
  const timers = new Map<"housekeeping" | "turn", () => void>();
  const clock = {
    ...moved,
    after(wait: number, act: () => void) {
      if (wait < HOUR / 2) return moved.after(wait, act);
      timers.set(wait < 2 * HOUR ? "housekeeping" : "turn", act);
      return () => undefined;
    },
  };
  const { places } = await found([hotlineA, hotlineB], clock);
  const [place] = places as [Place, Place];
  const node = await startNode(place, { clock });
  const [first] = node.keyring.sealing();
  await until("both are planned", () => timers.size === 2);
  offset.now = (first?.from ?? 0) + 36 * DAY + HOUR - Date.now();
  timers.get("housekeeping")?.();
  await until("it is gone", () => node.keyring.sealingSeed(first?.id ?? "") === undefined);
  expect(node.keyring.sealing()).toHaveLength(4);
});

test("an unchanged card is not signed again at the next start, a moved node's is", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [place] = places as [Place, Place];
  const versionOf = (node: TestNode) => card(node.federation.trust(), place.memberId)?.version;
  const first = await startNode(place);
  const version = versionOf(first);
  await first.stop();
  const again = await startNode(place);
  expect(versionOf(again)).toBe(version);
  await again.stop();
  const moved = await startNode({ ...place, port: place.port === 65_535 ? 1024 : place.port + 1 });
  expect(versionOf(moved)).toBeGreaterThan(version ?? 0);
});
