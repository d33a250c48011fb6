/** A member that has moved is found by its peer id, through members that know where it is; the table keeps nothing else. */
import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { connect } from "../../../node/federation/routing.ts";
import { createHost, type Host } from "../../../node/federation/transport/host.ts";
import { openDoor, unmetered } from "./open-door.ts";
import { until } from "./support.ts";

const hosts: Host[] = [];
const { limits, relay } = loadConfiguration({}).federation;

async function startHost(transportSeed: Uint8Array = randomBytes(32)): Promise<Host> {
  const host = await createHost({
    transportSeed,
    listen: ["/ip4/127.0.0.1/tcp/0"],
    announce: [],
    limits,
    isMember: () => true,
    meter: unmetered,
    gater: openDoor(),
    relay,
  });
  await host.start();
  hosts.push(host);
  return host;
}

const meet = (one: Host, other: Host) =>
  one.dial(other.getMultiaddrs(), { signal: AbortSignal.timeout(10_000) });

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

test("others tell where a peer is that no card leads to", async () => {
  const [a, middle, moved] = [await startHost(), await startHost(), await startHost()] as const;
  await meet(a, middle);
  await meet(moved, middle);
  const target = { peer: moved.peerId.toString(), addresses: [] };
  await until("it is found", () =>
    connect(a, target, 2, 5000).then(
      ({ remotePeer }) => remotePeer.equals(moved.peerId),
      () => false,
    ),
  );
  expect(a.getConnections(moved.peerId).length).toBeGreaterThan(0);
});

test("a peer that was met elsewhere before is asked for anew, not looked for where it was", async () => {
  const seed = randomBytes(32);
  const [a, middle, before] = [await startHost(), await startHost(), await startHost(seed)] as const;
  await meet(a, middle);
  await meet(a, before);
  const target = { peer: before.peerId.toString(), addresses: before.getMultiaddrs().map(String) };
  await before.stop();
  const after = await startHost(seed);
  await meet(after, middle);
  await until("it is found", () =>
    connect(a, target, 2, 5000).then(
      ({ remoteAddr }) =>
        after.getMultiaddrs().some((address) => address.toString() === remoteAddr.toString()),
      () => false,
    ),
  );
  expect(a.getConnections(after.peerId)).toHaveLength(1);
});

test("an address under which somebody else answers connects to nobody", async () => {
  const [a, b] = [await startHost(), await startHost()] as const;
  const elsewhere = b.getMultiaddrs().map((address) => address.toString().replace(/\/p2p\/.*$/, ""));
  const stranger = await startHost();
  const target = { peer: stranger.peerId.toString(), addresses: elsewhere };
  await expect(connect(a, target, 1, 5000)).rejects.toThrow();
  expect(a.getConnections()).toEqual([]);
});

test("values are neither taken nor given", async () => {
  const [a, b] = [await startHost(), await startHost()] as const;
  await meet(a, b);
  const options = () => ({ signal: AbortSignal.timeout(5000) });
  await until("they know each other", async () => {
    const closest = await Array.fromAsync(a.services.dht.getClosestPeers(randomBytes(32), options()));
    return closest.some((event) => event.name === "FINAL_PEER");
  });
  const key = new TextEncoder().encode("/pk/anything");
  await Array.fromAsync(a.services.dht.put(key, randomBytes(32), options())).catch(() => undefined);
  for (const host of [a, b]) {
    const events = await Array.fromAsync(host.services.dht.get(key, options())).catch(() => []);
    expect(events.filter((event) => event.name === "VALUE")).toEqual([]);
  }
});
