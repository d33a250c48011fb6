/** Live announcements of holders: under blinded keys, refreshed, gone when withdrawn, and of members alone. */
import { afterEach, expect, test } from "vitest";
import { encodeCbor, hex, isWardlineError, systemRandom } from "@wardline/protocol/encoding";
import { createSecrets } from "../../../node/federation/announcements/secrets.ts";
import { RoutingDatastore } from "../../../node/federation/announcements/datastore.ts";
import { given } from "../../support/codes.ts";
import { publish, record } from "./adverts.ts";
import { startPuppet } from "./puppet.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  policeB,
  startNode,
  until,
  type Described,
  type Place,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const hotlineC: Described = { name: "Hotline C", country: "CC", kind: "hotline" };
const start = (place: Place, announcements: object = {}) =>
  startNode(place, {
    settings: {
      federation: { announcements: { enabled: true, refresh: "500ms", timeout: "3s", ...announcements } },
    },
  });
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );
const secretOf = async (node: TestNode) => {
  const { commit, federation } = node;
  const known = await createSecrets({ commit, trust: federation.trust, random: systemRandom }).current();
  return known && hex(known.secret);
};

async function allMet(nodes: readonly TestNode[]): Promise<void> {
  for (const one of nodes)
    for (const other of nodes) if (one !== other) await until("all have met", () => connected(one, other));
}

test("who holds a file is found live, confirmed, and no more once it was withdrawn", async () => {
  const { places } = await found([hotlineA, hotlineB, policeB, hotlineC]);
  const nodes = await Promise.all(places.map((place, at) => start(place, { enabled: at !== 3 })));
  const [a, b, police, aside] = nodes as [TestNode, TestNode, TestNode, TestNode];
  await allMet(nodes);
  const [here, elsewhere, notHeld] = [record(), record(), record({ held: false })];
  const narrow = record();
  await publish(a, [here, notHeld]);
  await publish(b, [elsewhere]);
  await publish(a, [narrow], "hotlines-and-police");
  const { sha256 } = here.digests;
  const holder = { member: a.place.memberId, confirmed: true };
  await until(
    "it is announced and found",
    async () => (await police.federation.askHolders(sha256)).length === 1,
  );
  expect(await police.federation.askHolders(sha256)).toEqual([holder]);
  const secrets = await Promise.all([a, b, police].map(secretOf));
  expect(new Set(secrets)).toEqual(new Set([given(secrets[0])]));
  expect(await secretOf(aside)).toBeUndefined();
  for (const one of [notHeld, narrow])
    expect(await police.federation.askHolders(one.digests.sha256)).toEqual([]);
  expect(await codeOf(aside.federation.askHolders(sha256))).toBe("holders/off");
  expect([police.federation.announcing, aside.federation.announcing]).toEqual([true, false]);

  await publish(a, [{ ...here, action: "withdraw" }]);
  expect(await police.federation.askHolders(sha256)).toEqual([]);
  const other = await police.federation.askHolders(elsewhere.digests.sha256);
  expect(other).toEqual([{ member: b.place.memberId, confirmed: true }]);
  await b.stop();
  await until("it is away", async () => !(await connected(police, b)));
  await until("its announcement stands, and nobody can confirm it", async () => {
    const [one] = await police.federation.askHolders(elsewhere.digests.sha256);
    return one?.member === b.place.memberId && !one.confirmed;
  });
});

test("of two secrets for one roster the lower one stands everywhere; one of a roster not held is not taken", async () => {
  const { places, files } = await found([hotlineA, hotlineB]);
  const [placeA, placeB] = places as [Place, Place];
  const node = await start(placeA);
  const puppet = await startPuppet(placeB, files.trust);
  try {
    const connection = await puppet.meet(given(node.federation.addresses()[0]));
    const tell = (roster: number, fill: number) =>
      puppet.ask(
        connection,
        "holders",
        encodeCbor({ kind: "secret", known: { roster, secret: new Uint8Array(32).fill(fill) } }),
      );
    await tell(1, 2);
    expect(await secretOf(node)).toBe("02".repeat(32));
    await tell(1, 3);
    await tell(2, 1);
    expect(await secretOf(node)).toBe("02".repeat(32));
    await tell(1, 1);
    expect(await secretOf(node)).toBe("01".repeat(32));
    const malformed = puppet.ask(
      connection,
      "holders",
      encodeCbor({ kind: "holds", sha256: new Uint8Array(3) }),
    );
    expect(await codeOf(malformed)).toBe("peer/malformed");
  } finally {
    await puppet.stop();
  }
});

test("the table keeps so many announcements of each member, none of our own, and no values", async () => {
  const datastore = new RoutingDatastore({ perMember: 2, self: "me" });
  const named = (name: string) => ({ toString: () => name }) as Parameters<typeof datastore.put>[0];
  const key = (content: string, peer: string) => named(`/wardline-dht/provider/${content}/${peer}`);
  const peersOf = async (content: string) =>
    (await Array.fromAsync(datastore.query({ prefix: `/wardline-dht/provider/${content}` }))).map(
      ({ key: one }) => one.toString().split("/").at(-1),
    );
  for (const content of ["one", "two", "three"])
    for (const peer of ["me", "a", "b"]) await datastore.put(key(content, peer), new Uint8Array(1));
  await datastore.put(key("one", "a"), new Uint8Array(2));
  await datastore.put(named("/wardline-dht/record/value"), new Uint8Array(1));
  expect(await Promise.all(["one", "two", "three"].map(peersOf))).toEqual([["a", "b"], ["a", "b"], []]);
  expect(await Array.fromAsync(datastore.query({}))).toEqual([]);
  await datastore.delete(key("one", "a"));
  await datastore.put(key("three", "a"), new Uint8Array(1));
  expect(await peersOf("three")).toEqual(["a"]);
  await datastore.put(named("/peers/other"), new Uint8Array(1));
  expect(datastore.has(named("/peers/other"))).toBe(true);
});
