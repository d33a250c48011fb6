/** Who gets in: members only, as the newest files have it, at every moment. */
import { afterEach, expect, test } from "vitest";
import { isWardlineError, systemRandom } from "@wardline/protocol/encoding";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  amendRoster,
  renewFreshness,
  suspendMembers,
  type Federation,
} from "../../../node/federation/index.ts";
import { createKeyring, createMasterKey } from "../../../node/vault/index.ts";
import { leapingClock } from "../../support/leaping-clock.ts";
import { createPuppet, startPuppet, type Puppet } from "./puppet.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  policeB,
  startNode,
  until,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "no error",
    (error: unknown) => (isWardlineError(error) ? error.code : (error as Error).name),
  );

const addressOf = (node: TestNode) => node.federation.addresses()[0] as string;

async function outsider(node: TestNode, memberId: string): Promise<Puppet> {
  const folder = join(await mkdtemp(join(tmpdir(), "wardline-outsider-")), "node");
  const master = await createMasterKey(folder, { passphrase: "of a stranger" }, systemRandom);
  const keyring = await createKeyring(folder, master, systemRandom, Date.now());
  const puppet = await createPuppet(keyring, memberId, node.federation.trust());
  return puppet;
}

test("an outsider may exchange membership files, and nothing else", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const a = await startNode(places[0] as TestNode["place"]);
  // It claims to be hotline B, under keys of its own.
  const stranger = await outsider(a, places[1]?.memberId ?? "");
  const connection = await stranger.connect(addressOf(a));
  expect(await codeOf(stranger.exchange(connection))).toBe("no error");
  expect(await codeOf(stranger.greet(connection))).not.toBe("no error");
  for (const protocol of ["envelope", "feed", "material"] as const) {
    expect(await codeOf(stranger.ask(connection, protocol, new Uint8Array(10))), protocol).not.toBe(
      "no error",
    );
  }
  const members = await a.federation.membersView();
  expect(members.filter((member) => member.connected)).toEqual([]);
});

test("strangers are shown the door after a while, and there is room for a few only", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  // Only the leap shows anybody the door, however slow the machine.
  const settings = { federation: { limits: { strangers: 2, strangerTime: "1h" } } };
  const clock = leapingClock();
  const a = await startNode(places[0] as TestNode["place"], { settings, clock });
  const strangers = await Promise.all([1, 2, 3].map(() => outsider(a, places[1]?.memberId ?? "")));
  const [first, second, third] = strangers as [Puppet, Puppet, Puppet];
  const connections = [await first.connect(addressOf(a)), await second.connect(addressOf(a))];
  for (const [index, connection] of connections.entries()) await strangers[index]?.exchange(connection);
  const turnedAway = await third.connect(addressOf(a)).then(
    (connection) => codeOf(third.exchange(connection)),
    () => "not connected",
  );
  expect(turnedAway).not.toBe("no error");
  expect(connections.map(({ status }) => status)).toEqual(["open", "open"]);
  clock.leap(3_600_000);
  await until("they were shown the door", () => connections.every(({ status }) => status !== "open"));
});

test("a member's peer under another peer id than its card's is a stranger", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const a = await startNode(placeA);
  const peer = addressOf(a).split("/p2p/")[1] as string;
  const b = await startPuppet(placeB, a.federation.trust());
  // Whoever answers at an address must hold the key of the peer id that was dialled.
  const elsewhere = addressOf(a).replace(
    peer,
    b.peerId.replace(/.$/, (last) => (last === "x" ? "y" : "x")),
  );
  await expect(b.connect(elsewhere)).rejects.toThrow();
  const thief = await outsider(a, placeB.memberId);
  const connection = await thief.connect(addressOf(a));
  await thief.exchange(connection);
  expect(await codeOf(thief.greet(connection))).not.toBe("no error");
});

/** Amends the roster of a running node: the member's row gets this status. */
async function setStatus(
  node: TestNode,
  files: Awaited<ReturnType<typeof found>>["files"],
  id: string,
  status: "suspended" | "revoked",
) {
  const now = Date.now();
  const trust = node.federation.trust();
  const roster = amendRoster(trust, files.registrars, now, (members) =>
    members.map((member) => (member.id === id ? { ...member, status } : member)),
  );
  const taken = await node.federation.acceptFiles([{ kind: "roster", file: roster }]);
  expect(taken.refused).toEqual([]);
  const freshness = renewFreshness(node.federation.trust(), files.freshnessKeys, now);
  await node.federation.acceptFiles([{ kind: "freshness", file: freshness }]);
}

test.each(["suspended", "revoked"] as const)("a %s member is refused", async (status) => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB] = places as [TestNode["place"], TestNode["place"]];
  const a = await startNode(placeA);
  await setStatus(a, files, placeB.memberId, status);
  const b = await startPuppet(placeB, files.trust);
  const connection = await b.connect(addressOf(a));
  await b.exchange(connection);
  expect(await codeOf(b.greet(connection))).not.toBe("no error");
  expect(await codeOf(b.ask(connection, "envelope", b.envelope(placeA.memberId).bytes))).not.toBe("no error");
});

test("who is revoked while connected is cut off at once, everywhere", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [a, b, police] = (await Promise.all(places.map((place) => startNode(place)))) as [
    TestNode,
    TestNode,
    TestNode,
  ];
  await until(
    "all have met",
    async () => (await connected(a, b)) && (await connected(police, b)) && (await connected(a, police)),
  );
  await setStatus(a, files, b.place.memberId, "revoked");
  await until("it is cut off", async () => !(await connected(a, b)) && !(await connected(police, b)));
  expect(await connected(a, police)).toBe(true);
  const seenBy = async (node: TestNode) =>
    (await node.federation.membersView()).find(({ id }) => id === b.place.memberId);
  expect(await seenBy(police)).toMatchObject({ status: "revoked", connected: false });
});

test("an emergency suspension reaches connected members and cuts the suspended one off", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [a, b, police] = (await Promise.all(places.map((place) => startNode(place)))) as [
    TestNode,
    TestNode,
    TestNode,
  ];
  await until(
    "all have met",
    async () => (await connected(a, b)) && (await connected(police, b)) && (await connected(a, police)),
  );
  const file = suspendMembers(
    a.federation.trust(),
    files.freshnessKeys,
    Date.now(),
    [b.place.memberId],
    "drill",
  );
  expect(await a.federation.acceptFiles([{ kind: "suspension", file }])).toEqual({
    accepted: 1,
    refused: [],
  });
  await until("it is cut off", async () => !(await connected(a, b)) && !(await connected(police, b)));
  // It may still fetch membership files, so that it learns how it stands.
  await until("it knows", async () => (await statusOf(b.federation, b.place.memberId)) === "suspended");
});

const statusOf = async (federation: Federation, id: string) =>
  (await federation.membersView()).find((member) => member.id === id)?.status;

test("two rosters of one version stop the exchange, and the proof travels", async () => {
  const { places, files } = await found([hotlineA, hotlineB]);
  const [a, b] = (await Promise.all(places.map((place) => startNode(place)))) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  const trust = a.federation.trust();
  const twins = [1, 2].map((offset) =>
    amendRoster(trust, files.registrars, Date.now() + offset, (members) => members),
  );
  const [one, other] = twins as [(typeof twins)[number], (typeof twins)[number]];
  await a.federation.acceptFiles([{ kind: "roster", file: one }]);
  expect((await a.federation.acceptFiles([{ kind: "roster", file: other }])).refused).toEqual([
    { kind: "roster", code: "roster/two-of-one-version" },
  ]);
  await until("they are apart", async () => !(await connected(a, b)));
  await until("the proof has reached the other", () => b.federation.trust().evidence.length === 1);
  expect(a.federation.trust().evidence).toHaveLength(1);
});
