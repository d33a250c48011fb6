/**
 * Adverts among real nodes in this process, on a network with a latency of its own for every way: when each record reaches
 * whom, what that costs, and how a member that was cut off catches up. Times are counted in the milliseconds that the
 * network injected on the way, so that a slow machine measures the same as a fast one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foundFederation, type DemoMember, type DevNode } from "../../node/demo/index.ts";
import { feedStates } from "../../node/federation/feeds/collections.ts";
import type { NodeServices } from "../../node/main.ts";
import { createChooser, type Chooser } from "../chooser.ts";
import { sampleRecord } from "../model/index.ts";
import {
  callingAs,
  clockOf,
  createNetwork,
  homeOf,
  perfect,
  shownAddressOf,
  type Network,
} from "../network/index.ts";

export interface SpreadOptions {
  readonly members: number;
  /** Adverts measured while all are connected, one at a time. */
  readonly adverts: number;
  /** Adverts published while one member is cut off. */
  readonly missed: number;
  readonly seed: string;
  readonly progress: (sentence: string) => void;
}

/** An advert's arrival at one member. */
export interface Arrival {
  readonly author: number;
  readonly member: number;
  /** Injected milliseconds between publication and arrival. */
  readonly injected: number;
}

export interface Spread {
  /** Latency from each node to each other, milliseconds. */
  readonly latencies: readonly (readonly number[])[];
  readonly arrivals: readonly Arrival[];
  /** For each advert, the injected milliseconds until its last member had it. */
  readonly everywhere: readonly number[];
  /** Bytes on feed streams, for one advert and one receiver. */
  readonly bytesPerPush: number;
  readonly catchUp: {
    readonly feeds: number;
    readonly blocks: number;
    /** Questions that the member asked on feed streams. */
    readonly questions: number;
    readonly bytes: number;
  };
}

const feedProtocol = "/wardline/feed/1";
const patience = 300_000;

export async function spread(options: SpreadOptions): Promise<Spread> {
  const { members, seed, progress } = options;
  const folder = await mkdtemp(join(tmpdir(), "wardline-spread-"));
  const network = createNetwork(() => 0);
  const all = Array.from({ length: members }, (_, index) => hotline(index));
  const federation = await foundFederation({
    folder,
    members: all,
    processes: false,
    progress,
    // Hellos would move other bytes about: one at the beginning of each connection is enough here.
    settings: () => ({
      log: "silent",
      decode: { children: 1 },
      federation: { intervals: { hello: "1h" }, limits: { silence: "2h", connectionsPerSecond: 10_000 } },
    }),
    clock: (member) => clockOf(all.indexOf(member)),
    endpoint: (member, port) => {
      const place = all.indexOf(member);
      return {
        listen: `/ip4/${homeOf(place)}/tcp/${port}`,
        announce: `/ip4/${shownAddressOf(place)}/tcp/${port}`,
      };
    },
  });
  try {
    const { nodes } = federation;
    await Promise.all(nodes.map(({ p2pPort }, place) => network.serve(place, p2pPort)));
    await Promise.all(nodes.map((node, place) => callingAs(place, () => node.start())));
    await until("all are connected", () => everybodyConnected(nodes));
    progress(`${nodes.length} nodes are connected to one another.`);
    return await measure(nodes, network, options, createChooser(`spread ${seed}`));
  } finally {
    await federation.stop();
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  nodes: readonly DevNode[],
  network: Network,
  { adverts, missed, progress }: SpreadOptions,
  choose: Chooser,
): Promise<Spread> {
  const ways = latencies(nodes.length, choose);
  const authors = choose.some(
    nodes.map((_, index) => index),
    3,
  );
  // Streams are opened by the first push on each; what is measured is how things are from then on.
  for (const author of authors) await publishAndWait(nodes, author, choose);
  eachWay(nodes.length, (from, to) => network.set(from, to, { ...perfect, latency: ways[from]?.[to] ?? 0 }));
  const arrivals: Arrival[] = [];
  const everywhere: number[] = [];
  const before = feedBytes(nodes);
  for (let advert = 0; advert < adverts; advert++) {
    const author = choose.one(authors);
    await until("nothing is under way", async () => network.isQuiet());
    network.beginCount();
    const reached = await publishAndWait(nodes, author, choose, (member) => network.travelled(member));
    for (const [member, injected] of reached) arrivals.push({ author, member, injected });
    everywhere.push(Math.max(...reached.values()));
    progress(`Advert ${advert + 1} of ${adverts} is everywhere.`);
  }
  const bytes = feedBytes(nodes) - before;
  network.heal();
  return {
    latencies: ways,
    arrivals,
    everywhere,
    bytesPerPush: bytes / adverts / (nodes.length - 1),
    catchUp: await catchUp(nodes, network, authors, missed, choose),
  };
}

/** One member is cut off, others publish, and it returns. */
async function catchUp(
  nodes: readonly DevNode[],
  network: Network,
  authors: readonly number[],
  missed: number,
  choose: Chooser,
): Promise<Spread["catchUp"]> {
  const away = nodes.findIndex((_, index) => !authors.includes(index));
  const rest = nodes.filter((_, index) => index !== away);
  for (const [other] of nodes.entries()) {
    network.close(away, other, true);
    network.cut(away, other);
  }
  const absent = servicesOf(nodes[away]);
  await until("it is cut off", async () => (await connections(absent)) === 0);
  for (let advert = 0; advert < missed; advert++)
    await publishAndWait(rest, rest.indexOf(nodes[authors[advert % authors.length] ?? 0] as DevNode), choose);
  const before = { ...absent.federation.counts()[feedProtocol] };
  network.heal();
  const sample = servicesOf(rest[0]);
  await until("it has caught up", async () => (await heads(absent)) === (await heads(sample)));
  const after = absent.federation.counts()[feedProtocol];
  const grown = (name: "requests" | "bytesIn" | "bytesOut") => (after?.[name] ?? 0) - (before[name] ?? 0);
  return {
    feeds: Math.min(authors.length, missed),
    blocks: missed,
    questions: grown("requests"),
    bytes: grown("bytesIn") + grown("bytesOut"),
  };
}

/** Publishes one record and waits until all others have it; what `look` says of each when it had it. */
async function publishAndWait(
  nodes: readonly DevNode[],
  author: number,
  choose: Chooser,
  look: (member: number) => number = () => 0,
): Promise<Map<number, number>> {
  const reached = new Map<number, number>();
  const forget = nodes.map((node, member) =>
    servicesOf(node).commit.onAnnounce((events) => {
      const isNew = events.some(({ topic }) => topic === "adverts") && !reached.has(member);
      if (isNew && member !== author) reached.set(member, look(member));
    }),
  );
  const { commit, federation } = servicesOf(nodes[author]);
  await commit.run((unit) => federation.publish(unit, [{ ...sampleRecord, id: choose.id() }], "members"));
  await until("an advert is everywhere", async () => {
    const wanted = await federation.recordsBy(federation.self.id);
    const held = await Promise.all(
      nodes.map((node) => servicesOf(node).federation.recordsBy(federation.self.id)),
    );
    return held.every((count) => count === wanted);
  });
  for (const stop of forget) stop();
  return reached;
}

/** From 20 to 250 ms, the same both ways. */
function latencies(members: number, choose: Chooser): number[][] {
  const ways = Array.from({ length: members }, () => Array.from({ length: members }, () => 0));
  for (let from = 0; from < members; from++)
    for (let to = 0; to < from; to++)
      (ways[from] as number[])[to] = (ways[to] as number[])[from] = choose.between(20, 250);
  return ways;
}

function eachWay(members: number, act: (from: number, to: number) => void): void {
  for (let from = 0; from < members; from++)
    for (let to = 0; to < members; to++) if (from !== to) act(from, to);
}

const feedBytes = (nodes: readonly DevNode[]) =>
  nodes.reduce((sum, node) => sum + (servicesOf(node).federation.counts()[feedProtocol]?.bytesOut ?? 0), 0);

const connections = async ({ federation }: NodeServices) =>
  (await federation.membersView()).filter(({ connected }) => connected).length;

const everybodyConnected = async (nodes: readonly DevNode[]) =>
  (await Promise.all(nodes.map((node) => connections(servicesOf(node))))).every(
    (count) => count === nodes.length - 1,
  );

async function heads({ commit }: NodeServices): Promise<string> {
  const all = await Array.fromAsync(commit.list(feedStates));
  return all
    .map(({ key, value }) => `${String(key[0])} ${value.head.hash}`)
    .toSorted()
    .join();
}

function servicesOf(node: DevNode | undefined): NodeServices {
  if (node?.services) return node.services;
  throw new Error("The node does not run in this process.");
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not so within ${patience / 1000} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const hotline = (index: number): DemoMember => ({
  key: `hotline-${index + 1}`,
  name: `Hotline ${index + 1}`,
  country: ["XA", "XB", "XC"][index % 3] as string,
  kind: "hotline",
  people: [],
  port: 0,
});
