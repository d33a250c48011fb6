/** Members for benchmarks: real data folders, opened and composed as the node does it, without desk, API and sandbox. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { logOrigin } from "@wardline/protocol/log";
import { loadConfiguration, type Configuration } from "../../node/configuration/index.ts";
import { foundFederation, type DemoMember } from "../../node/demo/index.ts";
import { createFederation } from "../../node/federation/index.ts";
import { createJobs } from "../../node/jobs/index.ts";
import { openLedger } from "../../node/ledger/index.ts";
import { openDataFolder, type Surroundings } from "../../node/opening.ts";
import { createLog, systemClock } from "../../node/telemetry/index.ts";
import { openVault } from "../../node/vault/index.ts";

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

/** Founds a federation of two hotlines, each with its data folder, ready to be opened; the paths of their configurations. */
export async function foundHotlines(folder: string): Promise<[string, string]> {
  const { nodes } = await foundFederation({
    folder,
    members: hotlines,
    // The limits are those of a peer that may ask for ever; the delivery's own window stays as it is.
    settings: () => ({
      profile: undefined,
      log: "silent",
      federation: { limits: { requestsPerSecond: 1e6, requestsBurst: 1e6 } },
    }),
  });
  const [a, b] = nodes.map(({ configurationFile }) => configurationFile);
  if (a === undefined || b === undefined) throw new Error("Two hotlines were founded.");
  return [a, b];
}

const hotlines = ["a", "b"].map((key): DemoMember => {
  const country = key.toUpperCase().repeat(2);
  return { key, name: `Hotline ${key}`, country, kind: "hotline", people: [], port: 0 };
});

/** Opens a member's folder and composes its services; the federation is not started. */
export async function openMember(configurationFile: string) {
  const configuration = loadConfiguration(configurationFile);
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
