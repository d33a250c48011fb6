/** Members for benchmarks: real data folders, opened and composed as the node does it, without desk, API and sandbox. */
import { createServer } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { logOrigin } from "@wardline/protocol/log";
import { peerIdOf } from "@wardline/protocol/roster";
import { loadConfiguration, type Configuration } from "../../node/configuration/index.ts";
import { createFederation, createFederationFiles, joinFederation } from "../../node/federation/index.ts";
import { createJobs } from "../../node/jobs/index.ts";
import { openLedger } from "../../node/ledger/index.ts";
import { createDataFolder, openDataFolder, type Surroundings } from "../../node/opening.ts";
import { createLog, systemClock } from "../../node/telemetry/index.ts";
import { openVault } from "../../node/vault/index.ts";

/** A member's configuration as data, so that it can be told to another process. */
export type Settings = Record<string, unknown>;
export type Member = Awaited<ReturnType<typeof openMember>>;

const surroundings: Surroundings = { clock: systemClock, random: systemRandom, log: createLog("silent") };
const stopNow = (error: unknown) => {
  throw error;
};

/** Calls `use` with a folder that is gone afterwards. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-bench-"));
  await use(folder).finally(() => rm(folder, { recursive: true, force: true }));
}

/** Founds a federation of two hotlines, each with its data folder, ready to be opened. */
export async function foundHotlines(folder: string): Promise<[Settings, Settings]> {
  const places = [await makePlace(folder, "a"), await makePlace(folder, "b")] as const;
  const { invite } = createFederationFiles({
    members: places.map(({ country, keyring }) => ({
      ...{ name: `Hotline ${country}`, country, kind: "hotline" as const },
      ...{ identity: keyring.identity, logSeed: keyring.log.seed },
    })),
    now: systemClock.now(),
    random: systemRandom,
  });
  for (const { configuration } of places) {
    const { commit, close } = await openDataFolder(configuration, surroundings, stopNow);
    await joinFederation(commit, invite, systemClock.now());
    await close();
  }
  const [a, b] = places;
  return [withIntroduction(a.settings, b.address), withIntroduction(b.settings, a.address)];
}

async function makePlace(folder: string, name: string) {
  const port = await freePort();
  const settings = {
    ...{ dataFolder: join(folder, name), keyFile: join(folder, `${name}.key`), log: "silent" },
    listen: { p2p: [`/ip4/127.0.0.1/tcp/${port}`] },
  };
  const configuration = loadConfiguration(settings);
  await createDataFolder(configuration, surroundings);
  const { keyring, close } = await openDataFolder(configuration, surroundings, stopNow);
  await close();
  const address = `/ip4/127.0.0.1/tcp/${port}/p2p/${peerIdOf(keyring.transport.public)}`;
  return { settings, configuration, keyring, address, country: name.toUpperCase().repeat(2) };
}

/** The limits are those of a peer that may ask for ever; the delivery's own window stays as it is. */
const withIntroduction = (settings: Settings, address: string): Settings => ({
  ...settings,
  federation: { introductions: [address], limits: { requestsPerSecond: 1e6, requestsBurst: 1e6 } },
});

/** Opens a member's folder and composes its services; the federation is not started. */
export async function openMember(settings: Settings) {
  const configuration = loadConfiguration(settings);
  const opened = await openDataFolder(configuration, surroundings, stopNow);
  const { commit, ledger, lateLedger, keyring, master } = opened;
  const { clock, random, log } = surroundings;
  const vaultOptions = { dataFolder: configuration.dataFolder, master, settings: configuration.vault };
  const vault = await openVault({ ...vaultOptions, random, now: () => clock.now() });
  const jobs = createJobs({ commit, clock, random, settings: configuration.jobs, onFault: stopNow });
  const parts = { configuration, keyring, commit, ledger, jobs, vault, clock, log, random };
  const federation = await createFederation(parts);
  await openLedgerOf(configuration, federation, opened, lateLedger);
  return { ...parts, federation, close: opened.close };
}

async function openLedgerOf(
  { dataFolder }: Configuration,
  federation: Awaited<ReturnType<typeof createFederation>>,
  { commit, keyring }: Awaited<ReturnType<typeof openDataFolder>>,
  late: Awaited<ReturnType<typeof openDataFolder>>["lateLedger"],
): Promise<void> {
  const origin = logOrigin(federation.trust().federationId, federation.self.id, 1);
  const place = { reader: commit, checkpointFile: join(dataFolder, "checkpoint"), origin };
  await late.open(commit, ({ create }) =>
    openLedger({ ...place, key: keyring.log, random: systemRandom, create }),
  );
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
