/** Members that move house or change their transport key are found again by their cards, without a registrar. */
import { afterEach, expect, test } from "vitest";
import { systemRandom } from "@wardline/protocol/encoding";
import {
  buildCard,
  card,
  listPeer,
  memberOfPeer,
  signFile,
  type FederationFile,
} from "@wardline/protocol/roster";
import { createKeyring, createMasterKey, openKeyring, unlock } from "../../../node/vault/index.ts";
import { createPuppet } from "./puppet.ts";
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
  type Place,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

/** Cards alone lead from here: nobody's address stands in a configuration. */
const start = (place: Place) =>
  startNode(
    { ...place, introductions: [] },
    {
      prepare: (federation) => federation.handle("conversation.message", { apply: () => Promise.resolve() }),
    },
  );
/** At another port, which the system chooses. */
const startElsewhere = (place: Place) => start({ ...place, port: 0 });

async function arrives(from: TestNode, to: TestNode): Promise<void> {
  const about = newId();
  const payload = { conversation: newId(), pseudonym: "p", text: "x" };
  const said = { type: "conversation.message", to: [to.place.memberId], payload, about } as const;
  await from.commit.run((unit) => from.federation.say(unit, said));
  await until("it has arrived", async () => {
    const [delivery] = await from.federation.deliveriesAbout(from.commit, about);
    // A duplicate when the first receipt was lost with a connection that gave way to another.
    return delivery?.state === "accepted" || delivery?.state === "duplicate";
  });
}

const meet = (...nodes: TestNode[]) =>
  until("all have met", async () => {
    const pairs = nodes.flatMap((one) => nodes.filter((other) => other !== one).map((other) => [one, other]));
    const met = await Promise.all(pairs.map(([one, other]) => connected(one as TestNode, other as TestNode)));
    return met.every(Boolean);
  });

/** Members that have met once; then the nodes are stopped. */
async function acquainted(...members: Parameters<typeof found>[0]) {
  const { places } = await found(members);
  const nodes = await Promise.all(places.map((place) => startNode(place)));
  await meet(...nodes);
  await Promise.all(nodes.map((node) => node.stop()));
  return places;
}

const cardFile = (node: TestNode, member: string): FederationFile => {
  const trust = node.federation.trust();
  const held = trust.cards.get(member)?.get(card(trust, member)?.keyId ?? "");
  if (held) return held.file;
  throw new Error("There is no card.");
};

test("a member that moves finds the others, who have its new address from then on", async () => {
  const [placeA, placeB] = (await acquainted(hotlineA, hotlineB)) as [Place, Place];
  const a = await start(placeA);
  const before = card(a.federation.trust(), placeB.memberId)?.addresses;
  const moved = await startElsewhere(placeB);
  await meet(a, moved);
  expect(card(a.federation.trust(), placeB.memberId)?.addresses).toEqual(
    moved.federation.addresses().toSorted(),
  );
  expect(card(a.federation.trust(), placeB.memberId)?.addresses).not.toEqual(before);
  await arrives(a, moved);
  // After a restart it is found by the new card.
  await a.stop();
  const again = await start(placeA);
  await meet(again, moved);
});

test("two members that moved at once find each other through a third one's cards", async () => {
  const places = (await acquainted(hotlineA, hotlineB, policeB)) as [Place, Place, Place];
  const third = await start(places[2]);
  const a = await startElsewhere(places[0]);
  const b = await startElsewhere(places[1]);
  await meet(a, b, third);
  await arrives(a, b);
  await arrives(b, a);
});

test("two members that moved at once and know nobody else carry one card by hand", async () => {
  const [placeA, placeB] = (await acquainted(hotlineA, hotlineB)) as [Place, Place];
  const a = await startElsewhere(placeA);
  const b = await startElsewhere(placeB);
  const file = cardFile(b, placeB.memberId);
  expect(await a.federation.acceptFiles([{ kind: "card", file }])).toEqual({ accepted: 1, refused: [] });
  await meet(a, b);
  await arrives(b, a);
  const altered = { ...file, bytes: file.bytes.with(50, (file.bytes[50] as number) ^ 1) };
  const { refused } = await a.federation.acceptFiles([{ kind: "card", file: altered }]);
  expect(refused).toHaveLength(1);
});

test("a new transport key is admitted by the new card; the old peer id is nobody's", async () => {
  const places = (await acquainted(hotlineA, hotlineB, policeB)) as [Place, Place, Place];
  const [a, b, third] = (await Promise.all(places.map(start))) as [TestNode, TestNode, TestNode];
  await meet(a, b, third);
  const { peerId: old } = b.federation;
  await b.stop();
  const master = await unlock(b.place.folder, { keyFile: b.place.keyFile });
  const before = await openKeyring(b.place.folder, master, systemRandom);
  const stolen = before.transport;
  await before.replaceTransport(systemRandom(32));
  const again = await start(places[1]);
  expect(again.federation.peerId).not.toBe(old);
  await meet(a, again, third);
  for (const { federation } of [a, third, again]) {
    expect(memberOfPeer(federation.trust(), old)).toBeUndefined();
    expect(memberOfPeer(federation.trust(), again.federation.peerId)?.id).toBe(places[1].memberId);
  }
  await arrives(a, again);
  await arrives(again, third);
  // Who has taken the old key is a stranger: it may bring membership files, and no more.
  const folder = `${b.place.folder}-of-a-thief`;
  const theirs = await createMasterKey(folder, { passphrase: "known to a thief alone" }, systemRandom);
  const keyring = { ...(await createKeyring(folder, theirs, systemRandom, Date.now())), transport: stolen };
  const thief = await createPuppet(keyring, places[1].memberId, a.federation.trust());
  expect(thief.peerId).toBe(old);
  const connection = await thief.connect(a.federation.addresses()[0] as string);
  await thief.exchange(connection);
  await expect(thief.greet(connection)).rejects.toThrow();
});

test("connections of a peer id that a new card no longer names are closed at once", async () => {
  const [placeA, placeB] = (await acquainted(hotlineA, hotlineB)) as [Place, Place];
  const [a, b] = (await Promise.all([placeA, placeB].map(start))) as [TestNode, TestNode];
  await meet(a, b);
  const trust = b.federation.trust();
  const { value } = trust.cards.get(placeB.memberId)?.values().next().value ?? {};
  if (!value) throw new Error("There is no card.");
  const bytes = buildCard({
    ...value,
    version: value.version + 1,
    peers: [listPeer(systemRandom(32), trust.federationId, placeB.memberId)],
  });
  const signatures = [signFile("card", bytes, trust.federationId, b.keyring.identity)];
  await a.federation.acceptFiles([{ kind: "card", file: { bytes, signatures } }]);
  await until("they are apart", async () => !(await connected(a, b)) && !(await connected(b, a)));
  expect(memberOfPeer(a.federation.trust(), b.federation.peerId)).toBeUndefined();
});
