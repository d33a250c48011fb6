/** Members behind a firewall: they listen nowhere, keep places at members that relay, and are reached through them. */
import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { Stream } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { card } from "@wardline/protocol/roster";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { suspendMembers, type Federation } from "../../../node/federation/index.ts";
import { createGater } from "../../../node/federation/transport/gater.ts";
import { createHost, type Host } from "../../../node/federation/transport/host.ts";
import { placeAt, placesOf, type RelaySettings } from "../../../node/federation/transport/relaying.ts";
import { unmetered } from "./open-door.ts";
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
  type Described,
  type TestFederation,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const relaying = ["send", "receive", "material", "relay"];
const relayOne: Described = { ...policeB, name: "Relay 1", capabilities: relaying };
const relayTwo: Described = { ...relayOne, name: "Relay 2", country: "CC" };
const relayThree: Described = { ...relayOne, name: "Relay 3", country: "DD" };

async function behindFirewall({ places }: TestFederation, index: number, heard: string[]): Promise<TestNode> {
  return startNode(places[index] as TestNode["place"], {
    settings: { listen: { p2p: [] }, federation: { relay: { role: "use" } } },
    prepare: (federation: Federation) =>
      federation.handle("conversation.message", {
        apply: async (unit, { statement }) =>
          unit.afterCommit(() => heard.push(String(statement.payload["text"]))),
      }),
  });
}

const serving = ({ places }: TestFederation, index: number) =>
  startNode(places[index] as TestNode["place"], { settings: { federation: { relay: { role: "serve" } } } });

const say = (from: TestNode, to: TestNode, text: string) =>
  from.commit.run((unit) =>
    from.federation.say(unit, {
      type: "conversation.message",
      to: [to.place.memberId],
      payload: { conversation: newId(), pseudonym: "p", text },
      about: newId(),
    }),
  );

/** The relays on a member's card, as another member has it. */
const placesOn = (of: TestNode, by: TestNode) =>
  new Set(
    (card(by.federation.trust(), of.place.memberId)?.addresses ?? [])
      .filter((address) => address.includes("/p2p-circuit/"))
      .map((address) => /\/p2p\/([^/]+)\/p2p-circuit/.exec(address)?.[1] ?? ""),
  );

test("two that listen nowhere talk through a relay; when it dies another one is taken, and the card follows", async () => {
  const all = await found([hotlineA, hotlineB, relayOne, relayTwo, relayThree]);
  const relays = await Promise.all([2, 3, 4].map((index) => serving(all, index)));
  const heard: { f: string[]; g: string[] } = { f: [], g: [] };
  const f = await behindFirewall(all, 0, heard.f);
  const g = await behindFirewall(all, 1, heard.g);
  await until("they have met", async () => (await connected(f, g)) && (await connected(g, f)));
  await until("both have two places", () => placesOn(f, g).size === 2 && placesOn(g, f).size === 2);
  await say(f, g, "to g");
  await say(g, f, "to f");
  await until("both are heard", () => heard.f.length === 1 && heard.g.length === 1);

  const used = placesOn(f, g);
  const lost = relays.find(({ federation }) => used.has(federation.peerId)) as TestNode;
  await lost.stop();
  await until("the card names another relay", () => {
    const now = placesOn(f, g);
    return now.size === 2 && !now.has(lost.federation.peerId);
  });
  await say(f, g, "still there");
  await until("it is heard", () => heard.g.length === 2);
});

test("a suspended member's carried connections end with all its others", async () => {
  const all = await found([hotlineA, hotlineB, relayOne]);
  const relay = await serving(all, 2);
  const f = await behindFirewall(all, 0, []);
  const g = await behindFirewall(all, 1, []);
  await until("they have met", async () => (await connected(f, g)) && (await connected(g, f)));
  const keys = all.files.freshnessKeys;
  const file = suspendMembers(relay.federation.trust(), keys, Date.now(), [g.place.memberId], "drill");
  await relay.federation.acceptFiles([{ kind: "suspension", file }]);
  await until("it is apart from both", async () => {
    return !(await connected(f, g)) && !(await connected(relay, g));
  });
  expect(await connected(f, relay)).toBe(true);
});

describe("one relay and its users, without the floors above", () => {
  const { limits, relay: settings } = loadConfiguration({}).federation;
  const hosts: Host[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
  });

  async function start(
    role: RelaySettings["role"],
    members: ReadonlySet<string> | "anyone",
    more: Partial<RelaySettings> = {},
  ) {
    const isMember = (peer: string) => members === "anyone" || members.has(peer);
    const host = await createHost({
      transportSeed: randomBytes(32),
      listen: role === "serve" ? ["/ip4/127.0.0.1/tcp/0"] : [],
      announce: [],
      limits,
      isMember,
      meter: unmetered,
      relay: { ...settings, role, ...more },
      gater: createGater({
        isMember,
        mayDial: () => true,
        hasRoomForMember: () => true,
        hasRoomForStranger: () => true,
        mayKnock: () => true,
        mayRelay: isMember,
        cameIn: () => undefined,
      }),
    });
    hosts.push(host);
    await host.start();
    return host;
  }

  const signal = () => AbortSignal.timeout(10_000);
  const reach = (from: Host, relay: Host) => from.dial(relay.getMultiaddrs(), { signal: signal() });
  const through = (relay: Host, to: Host) =>
    multiaddr(`${String(relay.getMultiaddrs()[0])}/p2p-circuit/p2p/${to.peerId.toString()}`);

  async function place(at: Host, of: Host): Promise<void> {
    await reach(of, at);
    await of.services.listening.listen(placeAt(at.peerId.toString()));
    await until("it has a place", () => placesOf(of).has(at.peerId.toString()));
  }

  test("only members get a place, and only members are carried", async () => {
    const members = new Set<string>();
    const relay = await start("serve", members);
    const [member, other, outsider] = [
      await start("use", "anyone"),
      await start("use", "anyone"),
      await start("use", "anyone"),
    ];
    for (const host of [member, other]) members.add(host.peerId.toString());
    await place(relay, member);

    await reach(outsider, relay);
    await expect(outsider.services.listening.listen(placeAt(relay.peerId.toString()))).rejects.toThrow();
    expect(placesOf(outsider).size).toBe(0);
    await expect(outsider.dial(through(relay, member), { signal: signal() })).rejects.toThrow();

    await reach(other, relay);
    const connection = await other.dial(through(relay, member), { signal: signal() });
    expect(connection.remotePeer.equals(member.peerId)).toBe(true);
    // Whom the other side does not know as a member is not let in, whatever the relay thinks.
    const strict = await start("use", new Set([relay.peerId.toString()]));
    members.add(strict.peerId.toString());
    await place(relay, strict);
    await expect(other.dial(through(relay, strict), { signal: signal() })).rejects.toThrow();
  });

  test("the relay sees nothing of what it carries", async () => {
    const relay = await start("serve", "anyone");
    const [a, b] = [await start("use", "anyone"), await start("use", "anyone")];
    await place(relay, b);
    await reach(a, relay);
    const heard: Uint8Array[] = [];
    await b.handle(
      "/test/1",
      (stream: Stream) => stream.addEventListener("message", ({ data }) => heard.push(data.subarray())),
      {
        runOnLimitedConnection: true,
      },
    );
    const connection = await a.dial(through(relay, b), { signal: signal() });
    expect(connection.encryption).toBe("/noise");
    const carried: Uint8Array[] = [];
    for (const { streams } of relay.getConnections()) {
      for (const stream of streams.filter(({ protocol }) => protocol.includes("circuit/relay"))) {
        stream.addEventListener("message", ({ data }) => carried.push(data.subarray()));
      }
    }
    const secret = randomBytes(64);
    const stream = await connection.newStream("/test/1", { signal: signal(), runOnLimitedConnection: true });
    stream.send(secret);
    await until("it has arrived", () => Buffer.concat(heard).includes(secret));
    expect(Buffer.concat(carried).length).toBeGreaterThan(secret.length);
    expect(Buffer.concat(carried).includes(secret)).toBe(false);
  });

  test("places, and what one connection carries, are bounded", async () => {
    const relay = await start("serve", "anyone", { reservations: 1, bytes: 64 * 1024 });
    const [a, b, c] = [
      await start("use", "anyone"),
      await start("use", "anyone"),
      await start("use", "anyone"),
    ];
    await place(relay, b);
    await reach(c, relay);
    await expect(c.services.listening.listen(placeAt(relay.peerId.toString()))).rejects.toThrow();
    await reach(a, relay);
    let arrived = 0;
    await b.handle(
      "/test/1",
      (stream: Stream) => stream.addEventListener("message", ({ data }) => (arrived += data.byteLength)),
      {
        runOnLimitedConnection: true,
      },
    );
    const connection = await a.dial(through(relay, b), { signal: signal() });
    const stream = await connection.newStream("/test/1", { signal: signal(), runOnLimitedConnection: true });
    for (let sent = 0; sent < 16 && stream.status === "open"; sent++) stream.send(new Uint8Array(16 * 1024));
    await until("it was cut", () => connection.status !== "open");
    expect(arrived).toBeLessThanOrEqual(64 * 1024);
  });

  test("a relay that was not asked brings nobody", async () => {
    const relay = await start("serve", "anyone");
    const [a, b] = [await start("use", "anyone"), await start("use", "anyone")];
    await reach(b, relay);
    await reach(a, relay);
    await expect(a.dial(through(relay, b), { signal: signal() })).rejects.toThrow();
    expect(placesOf(b).size).toBe(0);
  });
});
