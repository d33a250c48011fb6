/** A node changes its log and witness keys, and its identity, while the federation goes on. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { systemRandom } from "@wardline/protocol/encoding";
import { generateIdentityKey, keyIdOf } from "@wardline/protocol/identity";
import { logOrigin } from "@wardline/protocol/log";
import { member, provePair, type LineRole, type RosterEntry } from "@wardline/protocol/roster";
import {
  amendRoster,
  handOver,
  renewFreshness,
  type FederationFiles,
} from "../../../node/federation/index.ts";
import { formerLogKeys, openLedger } from "../../../node/ledger/index.ts";
import { openStore } from "../../../node/store/index.ts";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { openKeyring, unlock } from "../../../node/vault/index.ts";
import { leapingClock } from "../../support/leaping-clock.ts";
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

const DAY = 86_400_000;

const start = (place: Place, clock?: ReturnType<typeof leapingClock>) =>
  startNode(place, {
    ...(clock && { clock }),
    prepare: (federation) => federation.handle("conversation.message", { apply: () => Promise.resolve() }),
  });

async function pair(clock?: ReturnType<typeof leapingClock>) {
  const { places, files } = await found([hotlineA, hotlineB], clock);
  const [a, b] = (await Promise.all(places.map((place) => start(place, clock)))) as [TestNode, TestNode];
  await meet(a, b);
  return { a, b, files };
}

const meet = (a: TestNode, b: TestNode) =>
  until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));

async function say(from: TestNode, to: TestNode, about = newId()): Promise<string> {
  const payload = { conversation: newId(), pseudonym: "p", text: "x" };
  const said = { type: "conversation.message", to: [to.place.memberId], payload, about } as const;
  await from.commit.run((unit) => from.federation.say(unit, said));
  await until("it has arrived", async () => {
    const deliveries = await from.federation.deliveriesAbout(from.commit, about);
    return deliveries.every(({ state }) => state === "accepted");
  });
  return about;
}

const keyringOf = async ({ folder, keyFile }: Place) =>
  openKeyring(folder, await unlock(folder, { keyFile }), systemRandom);

/** As the command does it, while the node is stopped. */
async function rotate(node: TestNode, role: LineRole): Promise<void> {
  const { text: checkpoint } = node.ledger.checkpoint();
  await node.stop();
  const keyring = await keyringOf(node.place);
  const services = { trust: node.federation.trust(), self: node.place.memberId, checkpoint };
  await handOver(role, { keyring, ...services, now: Date.now(), random: systemRandom });
}

const seenBy = (node: TestNode, whose: Place) => member(node.federation.trust(), whose.memberId);
const noteOn = async (node: TestNode, whose: Place) =>
  (await node.federation.membersView()).find(({ id }) => id === whose.memberId)?.note;

test("the log goes on under a new key, which the others know by the node's note; what it says still verifies", async () => {
  const { a, b } = await pair();
  const about = await say(b, a);
  const [before, size] = [b.keyring.log.public, b.ledger.size];
  await rotate(b, "log");
  const again = await start(b.place);
  await meet(a, again);
  await until(
    "the new key is known",
    () => seenBy(a, b.place)?.logKey.toHex() === again.keyring.log.public.toHex(),
  );
  expect(seenBy(a, b.place)?.formerLogKeys).toEqual([before]);
  expect(again.ledger.size).toBeGreaterThan(size);
  await say(again, a, about);
  const { verified, checks, entries } = await again.ledger.verify(about);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(checks.map(({ name }) => name)).toContain("handovers");
  expect([verified, entries.length]).toEqual([true, 4]);
  expect(await noteOn(a, b.place)).toBeUndefined();
  // Once more, and the witness key: one handover after another.
  await rotate(again, "log");
  const third = await start(b.place);
  await until("it has told its note", () => seenBy(third, b.place)?.formerLogKeys.length === 2);
  await rotate(third, "witness");
  const fourth = await start(b.place);
  await meet(a, fourth);
  await until("both are known", () => {
    const seen = seenBy(a, b.place);
    return seen?.formerLogKeys.length === 2 && seen.formerWitnessKeys.length === 1;
  });
  expect((await fourth.ledger.verify(about)).verified).toBe(true);
  expect(await noteOn(a, b.place)).toBeUndefined();
});

test("a key whose handover the members have not heard of is not handed over again", async () => {
  const { b } = await pair();
  await rotate(b, "log");
  await expect(
    handOver("log", {
      ...{ keyring: await keyringOf(b.place), trust: b.federation.trust(), self: b.place.memberId },
      ...{ checkpoint: b.ledger.checkpoint().text, now: Date.now(), random: systemRandom },
    }),
  ).rejects.toMatchObject({ code: "keys/not-known" });
});

test("a store from before a handover is rolled back, also beside the checkpoint file of its day", async () => {
  const { a, b } = await pair();
  const file = join(b.place.folder, "checkpoint");
  await b.stop();
  const [old, oldStore] = [await readFile(file), join(b.place.folder, "store-before")];
  await cp(join(b.place.folder, "store"), oldStore, { recursive: true });
  const later = await start(b.place);
  await say(later, a);
  await rotate(later, "log");
  await writeFile(file, old);
  const master = await unlock(b.place.folder, { keyFile: b.place.keyFile });
  const keyring = await keyringOf(b.place);
  const limits = loadConfiguration({ dataFolder: b.place.folder, profile: "fast" }).store;
  const opened = async (folder: string) => {
    const store = await openStore({ folder, master, limits, random: systemRandom });
    const ledger = await openLedger({
      ...{ reader: store, checkpointFile: file, key: keyring.log, random: systemRandom },
      origin: logOrigin(b.place.federationId, b.place.memberId, 1),
      former: formerLogKeys(keyring.handovers),
    });
    await store.close();
    return ledger.problem?.code;
  };
  expect(await opened(oldStore)).toBe("ledger/rolled-back");
  expect(await opened(join(b.place.folder, "store"))).toBeUndefined();
});

/** Lists a further identity key, as registrars do; the one before ends `overlap` later. */
async function listIdentity(
  node: TestNode,
  files: FederationFiles,
  listed: { readonly from: number; readonly now: number; readonly cutoff?: boolean },
): Promise<void> {
  const { from, now } = listed;
  const keyring = await keyringOf(node.place);
  const key = keyring.nextIdentity;
  if (!key) throw new Error("No identity was prepared.");
  const trust = node.federation.trust();
  const row = (entry: RosterEntry): RosterEntry => ({
    ...entry,
    identityKeys: [
      ...entry.identityKeys.map((old) => (listed.cutoff ? { ...old, cutoff: { at: now, feeds: [] } } : old)),
      {
        ...{
          public: key.public,
          from,
          until: from + 300 * DAY,
          since: (trust.roster?.value.version ?? 0) + 1,
        },
        proof: provePair(key, trust.federationId, node.place.memberId, "identity"),
      },
    ],
  });
  const roster = amendRoster(trust, files.registrars, now, (members) =>
    members.map((entry) => (entry.id === node.place.memberId ? row(entry) : entry)),
  );
  expect(await node.federation.acceptFiles([{ kind: "roster", file: roster }])).toMatchObject({
    refused: [],
  });
  const freshness = renewFreshness(node.federation.trust(), files.freshnessKeys, now);
  await node.federation.acceptFiles([{ kind: "freshness", file: freshness }]);
}

async function prepareIdentity(node: TestNode): Promise<void> {
  await node.keyring.prepareIdentity(generateIdentityKey(systemRandom));
}

test("a prepared identity takes over when its time begins; the old one signs until then, and what it signed stays", async () => {
  const clock = leapingClock();
  const { a, b, files } = await pair(clock);
  const old = keyIdOf(b.keyring.identity.public);
  await prepareIdentity(b);
  await listIdentity(b, files, { from: clock.now() + DAY, now: clock.now() });
  await until("the other has the roster", () => seenBy(a, b.place)?.identityKeys.length === 2);
  expect(keyIdOf(b.keyring.identity.public)).toBe(old);
  const before = await say(b, a);
  clock.leap(DAY + 60_000);
  for (const node of [a, b]) {
    const file = renewFreshness(node.federation.trust(), files.freshnessKeys, clock.now());
    await node.federation.acceptFiles([{ kind: "freshness", file }]);
  }
  await until("it has taken over", () => keyIdOf(b.keyring.identity.public) !== old);
  expect(b.keyring.nextIdentity).toBeUndefined();
  const present = keyIdOf(b.keyring.identity.public);
  await until("the other has the card of the new key", () =>
    a.federation.trust().cards.get(b.place.memberId)?.has(present),
  );
  await meet(a, b);
  const after = await say(b, a);
  const keyOf = async (about: string) => {
    const [delivery] = await b.federation.deliveriesAbout(b.commit, about);
    return (await a.federation.received(a.commit, delivery?.statement ?? ""))?.keyId;
  };
  expect([await keyOf(before), await keyOf(after)]).toEqual([old, present]);
  // After a restart it is the same member, under the new key.
  await b.stop();
  const again = await start(b.place, clock);
  expect(again.federation.self.id).toBe(b.place.memberId);
  await meet(a, again);
});

test("a cut-off of the old key voids its cards at once; the new one brings its own, and what waited goes out", async () => {
  const { a, b, files } = await pair();
  await rotate(b, "log");
  const again = await start(b.place);
  await meet(a, again);
  await until("the new log key is known", () => seenBy(a, b.place)?.formerLogKeys.length === 1);
  await prepareIdentity(again);
  const old = keyIdOf(again.keyring.identity.public);
  await listIdentity(again, files, { from: Date.now() - DAY, now: Date.now(), cutoff: true });
  await until("it has taken over", () => keyIdOf(again.keyring.identity.public) !== old);
  await until("the other knows the cut-off", () => seenBy(a, b.place)?.identityKeys[0]?.cutoff !== undefined);
  await until("the old card is gone", () => !a.federation.trust().cards.get(b.place.memberId)?.has(old));
  await meet(a, again);
  await say(a, again);
  await say(again, a);
  // The note of the log key was signed by the old identity; it is signed anew by the new one.
  await until("the log key is known again", () => seenBy(a, b.place)?.formerLogKeys.length === 1);
});
