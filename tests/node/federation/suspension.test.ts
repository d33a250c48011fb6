/** Emergency suspension: two holders' people, in force everywhere in seconds, over after 72 hours or when lifted. */
import { afterEach, expect, test } from "vitest";
import { member } from "@wardline/protocol/roster";
import { suspendMembers } from "../../../node/federation/index.ts";
import { leapingClock } from "../../support/leaping-clock.ts";
import { cleanUp, connected, found, startNode, until, type Described, type TestNode } from "./support.ts";

afterEach(cleanUp);

const HOUR = 3_600_000;
const everybody: Described[] = [
  { name: "Hotline A", country: "AA", kind: "hotline" },
  { name: "Hotline B", country: "BB", kind: "hotline" },
  { name: "Hotline D", country: "DD", kind: "hotline" },
];

async function start() {
  const federation = await found(everybody);
  const clock = leapingClock();
  const nodes = await Promise.all(federation.places.map((place) => startNode(place, { clock })));
  const [a, b, d] = nodes;
  if (!a || !b || !d) throw new Error("no such node");
  for (const [at, node] of [a, b].entries()) {
    await node.federation.holdFreshnessKeys(federation.files.freshnessKeys.slice(at, at + 1));
  }
  await until(
    "all have met",
    async () => (await connected(a, b)) && (await connected(a, d)) && (await connected(b, d)),
  );
  const proposals = async (node: TestNode) => (await node.federation.freshness.view(node.commit)).proposals;
  const propose = (node: TestNode, wish: Parameters<typeof a.federation.freshness.propose>[1]) =>
    node.commit.run((unit) => node.federation.freshness.propose(unit, wish));
  const statusAt = (node: TestNode) => member(node.federation.trust(), d.place.memberId)?.status;
  return { federation, clock, nodes, a, b, d, proposals, propose, statusAt };
}

/** Hotline D is suspended by A's and B's people. */
async function suspended() {
  const all = await start();
  const { a, b, d, propose, proposals, statusAt } = all;
  const id = await propose(a, { members: [d.place.memberId], reason: "an exercise" });
  expect(await proposals(b)).toEqual([]);
  await a.federation.freshness.sign(id);
  await until("it waits for B's people", async () => (await proposals(b)).length === 1);
  expect(await proposals(b)).toMatchObject([
    { id, from: a.place.memberId, reason: "an exercise", signedHere: false, signedBy: [a.place.memberId] },
  ]);
  expect([statusAt(a), statusAt(b)]).toEqual(["active", "active"]);
  await b.federation.freshness.sign(id);
  await until("it is in force at both", () => statusAt(a) === "suspended" && statusAt(b) === "suspended");
  return { ...all, id };
}

test("it waits for a person at another holder, then is in force at once and closes connections", async () => {
  const { a, b, d, proposals } = await suspended();
  await until("nobody talks to D", async () => !(await connected(a, d)) && !(await connected(b, d)));
  expect(await connected(a, b)).toBe(true);
  await until(
    "nothing waits any more",
    async () => [...(await proposals(a)), ...(await proposals(b))].length === 0,
  );
});

test("it ends by itself after 72 hours, and the member is met again", async () => {
  const { a, b, d, clock, statusAt } = await suspended();
  clock.leap(71 * HOUR);
  expect(statusAt(a)).toBe("suspended");
  clock.leap(HOUR);
  await until("it is over", () => statusAt(a) === "active" && statusAt(b) === "active");
  await until("D is met again", async () => (await connected(a, d)) && (await connected(b, d)));
});

test("it is lifted by the same two, and does not come back", async () => {
  const { a, b, d, id, propose, proposals, statusAt } = await suspended();
  const file = a.federation.trust().suspensions[0]?.file;
  if (!file) throw new Error("no suspension");
  const lifting = await propose(b, { members: [], lifts: [id], reason: "a mistake" });
  await b.federation.freshness.sign(lifting);
  await until("it waits for A's people", async () => (await proposals(a)).length === 1);
  expect(statusAt(a)).toBe("suspended");
  await a.federation.freshness.sign(lifting);
  await until("it is lifted at both", () => statusAt(a) === "active" && statusAt(b) === "active");
  await until("D is met again", async () => (await connected(a, d)) && (await connected(b, d)));
  expect(await b.federation.acceptFiles([{ kind: "suspension", file }])).toMatchObject({
    refused: [{ kind: "suspension", code: "roster/lifted" }],
  });
});

test("one holder alone suspends nobody; without a key nobody proposes; a proposal can be put away", async () => {
  const { federation, a, b, d, propose, proposals, statusAt } = await start();
  const { trust, freshnessKeys } = federation.files;
  const alone = suspendMembers(trust, freshnessKeys.slice(0, 1), Date.now(), [d.place.memberId]);
  expect(await b.federation.acceptFiles([{ kind: "suspension", file: alone }])).toMatchObject({
    refused: [{ code: "roster/threshold" }],
  });
  await expect(propose(d, { members: [a.place.memberId], reason: "" })).rejects.toMatchObject({
    code: "freshness/no-key",
  });
  await expect(propose(a, { members: ["00".repeat(16)], reason: "" })).rejects.toMatchObject({
    code: "roster/unknown-member",
  });
  const id = await propose(a, { members: [d.place.memberId], reason: "" });
  await a.federation.freshness.sign(id);
  await a.federation.freshness.sign(id);
  await until("it waits for B's people", async () => (await proposals(b)).length === 1);
  await b.commit.run((unit) => b.federation.freshness.putAway(unit, id));
  expect(await proposals(b)).toEqual([]);
  expect(statusAt(a)).toBe("active");
  await expect(b.federation.freshness.sign(id)).rejects.toMatchObject({ code: "freshness/no-such-proposal" });
});

test("a holder that was away finds what waits when it is back", async () => {
  const { clock, a, b, d, propose, proposals, statusAt } = await start();
  await b.stop();
  const id = await propose(a, { members: [d.place.memberId], reason: "" });
  await a.federation.freshness.sign(id);
  const again = await startNode(b.place, { clock });
  await until("it waits for B's people", async () => (await proposals(again)).length === 1);
  await again.federation.freshness.sign(id);
  await until("it is in force", () => statusAt(a) === "suspended");
});
