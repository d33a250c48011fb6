/**
 * A whole federation on this machine in one call: folders, keys, membership files, people, and running nodes that share
 * nothing but libp2p. The demonstration, tests, benchmarks and simulations all start from here.
 */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { peerIdOf } from "@wardline/protocol/roster";
import { stringify } from "yaml";
import { loadConfiguration, type Configuration } from "../configuration/index.ts";
import { createFederationFiles, joinFederation, type FederationFiles } from "../federation/index.ts";
import type { NodeServices } from "../main.ts";
import { createDataFolder, openAccounts, openDataFolder, type Surroundings } from "../opening.ts";
import { createLog, systemClock, type Clock } from "../telemetry/index.ts";
import { apiClient, type ApiClient } from "./client.ts";
import type { DemoMember } from "./members.ts";
import { inProcess, inThisProcess, type Runner } from "./runner.ts";
import { freePort } from "./ports.ts";

export interface FederationOptions {
  /** An empty folder; each member gets one of its own in it. */
  readonly folder: string;
  readonly members: readonly DemoMember[];
  /** A process for each node (the default), or all of them in this one. */
  readonly processes?: boolean;
  /** More settings for every node, or for one member's; waiting times are those of the `fast` profile. */
  readonly settings?: (member: DemoMember) => Readonly<Record<string, unknown>>;
  /** Multiaddresses: where a node listens, and where the others find it. Loopback for both, unless a network of the caller's lies between. */
  readonly endpoint?: (member: DemoMember, port: number) => Endpoint;
  /** The clock of a node in this process; the system's, unless the caller has one. */
  readonly clock?: (member: DemoMember) => Clock;
  /** Each interface at its member's own port while that is free, as people remember them; else at any free port. */
  readonly usualPorts?: boolean;
  /** Told what is being done. */
  readonly progress?: (sentence: string) => void;
}

export interface Endpoint {
  readonly listen: string;
  readonly announce: string;
}

export interface SignIn {
  readonly signIn: string;
  readonly name: string;
  readonly password: string;
}

export interface DevNode {
  readonly member: DemoMember;
  readonly memberId: string;
  /** Address of the interface and the API. */
  readonly url: string;
  readonly p2pPort: number;
  readonly dataFolder: string;
  readonly configuration: Configuration;
  /** What `wardline start --config` takes. */
  readonly configurationFile: string;
  readonly people: readonly SignIn[];
  /** The API as this person. */
  as(signIn: string): ApiClient;
  readonly running: boolean;
  /** What a node that runs in this process is made of; undefined while it is stopped, and for a process of its own. */
  readonly services: NodeServices | undefined;
  start(): Promise<void>;
  /** A clean stop. */
  stop(): Promise<void>;
  /** kill -9; only where every node is a process of its own. */
  kill(): Promise<void>;
}

export interface DevFederation {
  readonly nodes: readonly DevNode[];
  readonly files: FederationFiles;
  /** The node of a member by its key, e.g. `hotline-a`. */
  node(key: string): DevNode;
  stop(): Promise<void>;
}

/** Founds the federation, starts every node, and resolves once each of them serves its interface. */
export async function startFederation(options: FederationOptions): Promise<DevFederation> {
  const federation = await foundFederation(options);
  options.progress?.("Starting the nodes.");
  await startAll(federation.nodes);
  return federation;
}

/** As `startFederation`, with every node ready to be started and none running. */
export async function foundFederation(options: FederationOptions): Promise<DevFederation> {
  const progress = options.progress ?? (() => undefined);
  progress(`Founding a federation of ${options.members.length} members: keys, root, roster, freshness.`);
  const places = await Promise.all(options.members.map((member) => prepare(options, member)));
  const files = createFederationFiles({
    members: places.map(({ member, keyring }) => ({
      name: member.name,
      country: member.country,
      kind: member.kind,
      identity: keyring.identity,
      logSeed: keyring.log.seed,
    })),
    now: systemClock.now(),
    random: systemRandom,
  });
  progress("Joining the members and creating their people.");
  const nodes = await Promise.all(
    places.map(async (place, index) => {
      const introductions = places.filter((other) => other !== place).map(({ introduction }) => introduction);
      const configuration = await writeConfiguration(options, place, introductions);
      const people = await join_(place.member, configuration, files.invite);
      return devNode(
        place,
        configuration,
        people,
        files.memberIds[index] ?? "",
        runnerOf(options, place, configuration),
      );
    }),
  );
  return {
    nodes,
    files,
    node(key) {
      const found = nodes.find(({ member }) => member.key === key);
      if (!found) throw new Error(`There is no member "${key}" in this federation.`);
      return found;
    },
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

/** All of them, or none: when one does not start, the others are stopped again. */
async function startAll(nodes: readonly DevNode[]): Promise<void> {
  const starts = await Promise.allSettled(nodes.map((node) => node.start()));
  const failed = starts.find((start) => start.status === "rejected");
  if (!failed) return;
  await Promise.allSettled(nodes.map((node) => node.stop()));
  throw failed.reason;
}

const surroundings: Surroundings = { clock: systemClock, random: systemRandom, log: createLog("silent") };

type Keyring = Awaited<ReturnType<typeof openDataFolder>>["keyring"];

interface Place {
  readonly member: DemoMember;
  readonly folder: string;
  readonly keyring: Keyring;
  readonly p2pPort: number;
  readonly httpPort: number;
  readonly endpoint: Endpoint;
  readonly introduction: string;
}

/** Makes a member's folder with its key file beside the data, never inside it, and its keys. */
async function prepare(options: FederationOptions, member: DemoMember): Promise<Place> {
  const folder = join(options.folder, member.key);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [p2pPort, httpPort] = [
    await freePort(),
    await freePort(options.usualPorts === true ? member.port : undefined),
  ];
  const endpoint = (options.endpoint ?? onLoopback)(member, p2pPort);
  const place = { member, folder, p2pPort, httpPort, endpoint };
  const configuration = loadConfiguration(settingsOf(options, place, []));
  await createDataFolder(configuration, surroundings);
  const opened = await openDataFolder(configuration, surroundings, () => undefined);
  await opened.close();
  const { keyring } = opened;
  const introduction = `${endpoint.announce}/p2p/${peerIdOf(keyring.transport.public)}`;
  return { ...place, keyring, introduction };
}

function onLoopback(_: DemoMember, port: number): Endpoint {
  const address = `/ip4/127.0.0.1/tcp/${port}`;
  return { listen: address, announce: address };
}

function settingsOf(
  { folder, settings }: FederationOptions,
  { member, httpPort, endpoint }: Pick<Place, "member" | "httpPort" | "endpoint">,
  introductions: readonly string[],
): Record<string, unknown> {
  const own = settings?.(member) ?? {};
  return {
    profile: "fast",
    log: "info",
    ...own,
    dataFolder: join(folder, member.key, "data"),
    keyFile: join(folder, member.key, "unlock.key"),
    listen: {
      p2p: [endpoint.listen],
      ...(endpoint.announce === endpoint.listen ? {} : { announce: [endpoint.announce] }),
      http: { port: httpPort, name: `${member.key}.localhost` },
    },
    federation: { ...(own["federation"] as object | undefined), introductions },
  };
}

async function writeConfiguration(
  options: FederationOptions,
  place: Place,
  introductions: readonly string[],
): Promise<Configuration> {
  const settings = settingsOf(options, place, introductions);
  await writeFile(configurationFile(place.folder), stringify(settings), { mode: 0o600 });
  return loadConfiguration(configurationFile(place.folder));
}

const configurationFile = (folder: string) => join(folder, "wardline.yaml");

async function join_(
  member: DemoMember,
  configuration: Configuration,
  invite: Uint8Array,
): Promise<SignIn[]> {
  const opened = await openDataFolder(configuration, surroundings, () => undefined);
  try {
    await joinFederation(opened.commit, invite, systemClock.now());
    const accounts = openAccounts(configuration, surroundings, opened);
    const people = member.people.map((person) => ({ ...person, password: newPassword() }));
    for (const person of people) await accounts.createPerson(person);
    return people;
  } finally {
    await opened.close();
  }
}

/** Long enough for the password rules, short enough to copy by eye. */
const newPassword = () => randomBytes(9).toString("base64url");

function runnerOf(
  { processes = true, clock }: FederationOptions,
  { member, folder, httpPort }: Place,
  configuration: Configuration,
): Runner {
  if (processes) return inProcess(configurationFile(folder), httpPort, join(folder, "node.log"));
  return inThisProcess(configuration, clock?.(member) ?? systemClock);
}

function devNode(
  { member, folder, p2pPort, httpPort }: Place,
  configuration: Configuration,
  people: readonly SignIn[],
  memberId: string,
  runner: Runner,
): DevNode {
  const url = `http://${member.key}.localhost:${httpPort}`;
  return {
    member,
    memberId,
    url,
    p2pPort,
    dataFolder: configuration.dataFolder,
    configuration,
    configurationFile: configurationFile(folder),
    people,
    as(signIn) {
      const person = people.find((each) => each.signIn === signIn);
      if (!person) throw new Error(`${member.name} has no person "${signIn}".`);
      return apiClient(url, signIn, person.password);
    },
    get running() {
      return runner.running;
    },
    get services() {
      return runner.services;
    },
    start: () => runner.start(),
    stop: () => runner.stop(),
    kill: () => runner.kill(),
  };
}
