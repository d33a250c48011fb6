/** Real nodes for tests: store, ledger, vault and federation in a temporary folder, meeting over TCP on loopback. */
import { createServer } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hex, systemRandom, type WardlineError } from "@wardline/protocol/encoding";
import { logOrigin } from "@wardline/protocol/log";
import { peerIdOf, type MemberKind } from "@wardline/protocol/roster";
import { createCommit, type ClosableCommit, type Commit } from "../../../node/commit/index.ts";
import { loadConfiguration, type Configuration } from "../../../node/configuration/index.ts";
import {
  createFederation,
  createFederationFiles,
  epochOf,
  joinFederation,
  type Federation,
  type FederationFiles,
} from "../../../node/federation/index.ts";
import { createJobs, type Jobs } from "../../../node/jobs/index.ts";
import { formerLogKeys, openLedger, type Ledger } from "../../../node/ledger/index.ts";
import { refusingRecords } from "../../../node/read-only.ts";
import { createStore, openStore, type Store } from "../../../node/store/index.ts";
import { createLog, systemClock, type Clock } from "../../../node/telemetry/index.ts";
import {
  createKeyring,
  createMasterKey,
  openKeyring,
  openVault,
  unlock,
  type Keyring,
  type Vault,
} from "../../../node/vault/index.ts";

export interface Described {
  readonly name: string;
  readonly country: string;
  readonly kind: MemberKind;
  readonly capabilities?: readonly string[];
}

/** All that a node needs to start, and to be started again in another process. */
export interface Place {
  readonly folder: string;
  readonly keyFile: string;
  readonly memberId: string;
  readonly federationId: string;
  readonly port: number;
  readonly introductions: readonly string[];
}

export interface TestNode {
  readonly place: Place;
  readonly federation: Federation;
  readonly commit: ClosableCommit;
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly store: Store;
  stop(): Promise<void>;
}

export interface TestFederation {
  readonly root: string;
  readonly places: readonly Place[];
  readonly files: FederationFiles;
}

const made: { folders: string[]; nodes: Set<TestNode>; stops: (() => Promise<void>)[] } = {
  folders: [],
  nodes: new Set(),
  stops: [],
};

/** Called by the next `cleanUp`, before nodes are stopped. */
export function atCleanUp(stop: () => Promise<void>): void {
  made.stops.push(stop);
}

/** Stops all puppets and nodes and removes all folders; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const stop of made.stops.splice(0)) await stop();
  for (const node of made.nodes) await node.stop();
  for (const folder of made.folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

export const hotlineA: Described = { name: "Hotline A", country: "AA", kind: "hotline" };
export const hotlineB: Described = { name: "Hotline B", country: "BB", kind: "hotline" };
export const policeB: Described = { name: "Police B", country: "BB", kind: "lea" };

/** Founds a federation: keys, folders and ports for every member, and the files that all begin with. */
export async function found(
  members: readonly Described[],
  clock: Clock = systemClock,
): Promise<TestFederation> {
  const root = await mkdtemp(join(tmpdir(), "wardline-federation-"));
  made.folders.push(root);
  const prepared = await Promise.all(members.map((_, index) => prepare(root, index, clock)));
  const files = createFederationFiles({
    members: members.map((member, index) => {
      const { keyring } = prepared[index] as Prepared;
      return {
        ...member,
        identity: keyring.identity,
        logSeed: keyring.log.seed,
        witnessSeed: keyring.witness.seed,
      };
    }),
    now: clock.now(),
    random: systemRandom,
  });
  const places = prepared.map((own, index) => ({
    folder: own.folder,
    keyFile: own.keyFile,
    port: own.port,
    memberId: files.memberIds[index] as string,
    federationId: files.federationId,
    introductions: prepared.filter((other) => other !== own).map(({ address }) => address),
  }));
  for (const place of places) await takeInvite(place, files.invite, clock);
  return { root, places, files };
}

interface Prepared {
  readonly folder: string;
  readonly keyFile: string;
  readonly keyring: Keyring;
  readonly port: number;
  readonly address: string;
}

async function prepare(root: string, index: number, clock: Clock): Promise<Prepared> {
  const folder = join(root, `node-${index}`);
  const keyFile = join(root, `key-${index}`);
  const master = await createMasterKey(folder, { keyFile }, systemRandom);
  const keyring = await createKeyring(folder, master, systemRandom, clock.now());
  await createStore({
    folder: join(folder, "store"),
    master,
    limits: limitsOf(folder),
    random: systemRandom,
  });
  const port = await freePort();
  const address = `/ip4/127.0.0.1/tcp/${port}/p2p/${peerIdOf(keyring.transport.public)}`;
  return { folder, keyFile, keyring, port, address };
}

async function takeInvite(place: Place, invite: Uint8Array, clock: Clock): Promise<void> {
  const opened = await open(place, clock, true);
  await joinFederation(opened.commit, invite, clock.now());
  await opened.close();
}

async function open(place: Place, clock: Clock, create: boolean) {
  const { folder, keyFile, federationId, memberId } = place;
  const master = await unlock(folder, { keyFile });
  const keyring = await openKeyring(folder, master, systemRandom);
  const limits = limitsOf(folder);
  const store = await openStore({ folder: join(folder, "store"), master, limits, random: systemRandom });
  const ledger = await openLedger({
    reader: store,
    checkpointFile: join(folder, "checkpoint"),
    origin: logOrigin(federationId, memberId, await epochOf(store)),
    key: keyring.log,
    former: formerLogKeys(keyring.handovers),
    random: systemRandom,
    create,
  });
  if (ledger.problem) throw ledger.problem;
  const fail = (error: unknown) => {
    throw error;
  };
  const halted: { problem?: WardlineError } = {};
  const plain = createCommit({ store, ledger, clock, onFailure: fail, onFault: fail });
  const commit = { ...plain, ...refusingRecords(plain, () => halted.problem) };
  const close = async () => {
    await commit.close();
    await store.close();
  };
  return { master, keyring, store, ledger, commit, close, halted };
}

/** Works on a node that does not run, as a command does. */
export async function whileStopped(place: Place, work: (commit: Commit) => Promise<unknown>): Promise<void> {
  const opened = await open(place, systemClock, false);
  try {
    await work(opened.commit);
  } finally {
    await opened.close();
  }
}

export interface StartOptions {
  readonly clock?: Clock;
  /** Over the fast profile. */
  readonly settings?: Record<string, unknown>;
  /** Registers handlers; called before the start. */
  readonly prepare?: (federation: Federation, node: Omit<TestNode, "stop">) => void;
}

/** Opens a node's folder and starts its federation. */
export async function startNode(place: Place, options: StartOptions = {}): Promise<TestNode> {
  const { clock = systemClock } = options;
  const opened = await open(place, clock, false);
  const { commit, ledger, keyring, store, master } = opened;
  const configuration = configurationOf(place, options.settings);
  const random = systemRandom;
  const log = createLog((process.env["WARDLINE_TEST_LOG"] as "debug" | undefined) ?? "silent");
  const vault = await openVault({
    dataFolder: place.folder,
    master,
    settings: configuration.vault,
    random,
    now: clock.now,
  });
  const jobs = createJobs({
    commit,
    clock,
    random,
    settings: configuration.jobs,
    onFault: (fault) => log.error({ fault }, "job failed"),
  });
  const federation = await createFederation({
    configuration,
    keyring,
    commit,
    ledger,
    jobs,
    vault,
    clock,
    log,
    random,
    onRestored: (problem) => (opened.halted.problem = problem),
  });
  const node = { place, federation, commit, ledger, keyring, vault, jobs, store };
  options.prepare?.(federation, node);
  await federation.start();
  if (!opened.halted.problem) jobs.start();
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopAll());
  async function stopAll() {
    await jobs.stop();
    await federation.stop();
    await opened.close();
    made.nodes.delete(running);
  }
  const running = { ...node, federation, stop };
  made.nodes.add(running);
  return running;
}

function configurationOf(place: Place, settings: Record<string, unknown> = {}): Configuration {
  const { introductions } = place;
  return loadConfiguration({
    dataFolder: place.folder,
    keyFile: place.keyFile,
    profile: "fast",
    listen: { p2p: [`/ip4/127.0.0.1/tcp/${place.port}`] },
    ...settings,
    federation: { introductions: [...introductions], ...(settings["federation"] as object | undefined) },
  });
}

function limitsOf(folder: string) {
  return loadConfiguration({ dataFolder: folder, profile: "fast" }).store;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits until something is so; fails with what was awaited when it never is. */
export async function until(
  what: string,
  holds: () => boolean | undefined | Promise<boolean | undefined>,
  within = 120_000,
): Promise<void> {
  const end = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not so within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const connected = async (node: TestNode, to: TestNode) =>
  (await node.federation.membersView()).some(({ id, connected: is }) => id === to.place.memberId && is);

export const newId = () => hex(systemRandom(16));
