/** A demonstration for a test: processes and folders of its own, removed afterwards; kept and named when the test fails. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { z } from "zod";
import { logOrigin } from "@wardline/protocol/log";
import { systemRandom } from "@wardline/protocol/encoding";
import type { federationView } from "../../node/casework/index.ts";
import { startDemo, type Demo, type DevFederation, type DevNode } from "../../node/demo/index.ts";
import { received } from "../../node/federation/delivery/collections.ts";
import { openLedger } from "../../node/ledger/index.ts";
import { openDataFolder, type OpenedFolder } from "../../node/opening.ts";
import { createLog, systemClock } from "../../node/telemetry/index.ts";
import { openVault, type Vault } from "../../node/vault/index.ts";

/** Longest wait for one observation. Generous: a busy machine is slow, and no test asserts on time. */
export const patience = 240_000;
/** Of a whole test. */
export const testTime = 900_000;

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-story-"));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") process.stderr.write(`Its folders and logs are kept: ${folder}\n`);
    else await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The demonstration with a process for each node, stopped when the test ends. */
export async function startTestDemo(): Promise<Demo> {
  const demo = await startDemo({ folder: join(await temporaryFolder(), "demo"), say: () => undefined });
  onTestFinished(() => demo.stop());
  return demo;
}

/** Plays the story; gives the sentences of its steps, too. */
export async function play(demo: Demo) {
  const steps: string[] = [];
  const outcome = await demo.play((_, sentence) => void steps.push(sentence), patience);
  return { outcome, steps };
}

/** Looks until there is something to see; fails with `what` when there never is. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Not observed within ${patience / 1000} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

type FederationView = z.infer<typeof federationView>;

/** Every node is connected to every other, and nothing waits for anybody. */
export async function untilQuiet({ nodes }: DevFederation): Promise<void> {
  for (const node of nodes) {
    const admin = node.as("admin");
    await until(`nothing waits at ${node.member.name}`, async () => {
      const { members } = await admin.get<FederationView>("/federation");
      return members.every(({ self, connected, waiting }) => self || (connected && waiting === 0));
    });
  }
}

export interface Opened extends OpenedFolder {
  readonly vault: Vault;
}

/** Opens a stopped node's folder with its key, as its owner can, and closes it again. */
export async function opened<T>(node: DevNode, look: (folder: Opened) => Promise<T>): Promise<T> {
  const { configuration, dataFolder } = node;
  const log = createLog("silent");
  const surroundings = { clock: systemClock, random: systemRandom, log };
  const folder = await openDataFolder(configuration, surroundings, () => undefined);
  try {
    const { master } = folder;
    const { vault: settings } = configuration;
    const now = () => systemClock.now();
    return await look({
      ...folder,
      vault: await openVault({ dataFolder, master, settings, random: systemRandom, now }),
    });
  } finally {
    await folder.close();
  }
}

/** What is wrong with the whole ledger of a stopped node, if anything. */
export function ledgerProblem(node: DevNode, federationId: string): Promise<string | undefined> {
  return opened(node, async ({ commit, keyring, lateLedger }) => {
    const origin = logOrigin(federationId, node.memberId, 1);
    const checkpointFile = join(node.dataFolder, "checkpoint");
    await lateLedger.open(commit, ({ create }) =>
      openLedger({
        ...{ reader: commit, checkpointFile, origin, key: keyring.log },
        ...{ random: systemRandom, create },
      }),
    );
    return lateLedger.ledger.problem?.code;
  });
}

/** Every statement that a stopped node took in: `author type id`, in no order. */
export function statementsReceived(node: DevNode): Promise<{ id: string; type: string; author: string }[]> {
  return opened(node, async ({ commit }) => {
    const all = await Array.fromAsync(commit.list(received));
    return all.map(({ key, value: { type, author } }) => ({ id: String(key[0]), type, author }));
  });
}
