/**
 * A new member catches up with what another has advertised over time: by replaying all blocks, and by the snapshot. Two
 * processes with real data folders over TCP; measured is the new member's, with what its casework does: look-ups whether a
 * file is here, and the index of near matches. Against the bare cost of the same in the same
 * run: checking as many signatures, and writing as many records and index entries to LevelDB in synced batches.
 */
import { fork, type ChildProcess } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MOST_RECORDS } from "@wardline/protocol/adverts";
import { systemRandom } from "@wardline/protocol/encoding";
import { ed25519PublicKey, signEd25519, verifyEd25519 } from "@wardline/protocol/identity";
import { foundFederation, type DemoMember } from "../../node/demo/index.ts";
import { openLevelStore } from "../../node/store/level.ts";
import { cpuOfProcess } from "./cpu.ts";
import { openWorkplace } from "./casework.ts";
import { finding, rounded, type Report } from "./line.ts";
import { inTemporaryFolder, openMember } from "./members.ts";

/** Adverts; with `--large` as many as a large federation has after years. */
const USUAL = 20_000;
const LARGE = 1_000_000;
/** Adverts of one block: a day's work of some organisations, a minute's of others. */
export const PER_BLOCK = 100;
/** Bytes that the feed's signatures are over: purpose, federation, header. */
const SIGNED_BYTES = 340;
/** What the store keeps of one: the record, and where its digests and its place lead to it. */
const RECORD_BYTES = 500;
const KEY_BYTES = 96;
const INDEX_ENTRIES = ["sha256", "sha1", "md5", "sequence"];
const BATCH = 1000;
const MB = 1_000_000;

export async function benchCatchup(report: Report, { large }: { large: boolean }): Promise<void> {
  await measureCatchup(large ? LARGE : USUAL, report);
}

export async function measureCatchup(adverts: number, report: Report): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const [author = "", replaying = "", beginning = ""] = await foundThree(folder);
    // Without a snapshot first; at the next start the author makes one at once.
    await setSnapshotBlocks(author, 1_000_000);
    await withAuthor(author, adverts, async (author) => {
      await measure(
        `catching up by blocks`,
        replaying,
        { author, adverts, signatures: blocksOf(adverts) },
        folder,
        report,
      );
    });
    await setSnapshotBlocks(author, 1);
    await withAuthor(author, 0, async (author) => {
      await measure(`catching up by snapshot`, beginning, { author, adverts, signatures: 2 }, folder, report);
    });
  });
}

const blocksOf = (adverts: number) => Math.ceil(adverts / Math.min(PER_BLOCK, MOST_RECORDS));

interface Task {
  /** Its member id. */
  readonly author: string;
  readonly adverts: number;
  readonly signatures: number;
}

async function measure(
  name: string,
  newcomer: string,
  task: Task,
  folder: string,
  report: Report,
): Promise<void> {
  const { author, adverts, signatures } = task;
  const member = await openMember(newcomer);
  const { casework } = openWorkplace(member);
  await casework.start();
  const before = cpuOfProcess();
  const begun = performance.now();
  await member.federation.start();
  let memory = 0;
  while ((await member.federation.recordsBy(author)) < adverts) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    memory = Math.max(memory, await ownMemory());
  }
  const [cpu, time] = [cpuOfProcess() - before, performance.now() - begun];
  const { bytesIn = 0 } = member.federation.counts()["/wardline/feed/1"] ?? {};
  await member.federation.stop();
  await casework.stop();
  await member.close();
  const bare = await bareCost(join(folder, `bare ${name}`), signatures, adverts);
  const ours = cpu / adverts;
  report(
    finding(`${name}, ${adverts} adverts`, [ours, bare / adverts], {
      unit: "µs of CPU for each advert",
      against: "signature checks and LevelDB alone",
      note: `${rounded(time / 1000)} s, ${rounded(bytesIn / MB)} MB (${rounded(bytesIn / adverts)} bytes for each), at most ${rounded(memory / MB)} MB of own memory`,
    }),
  );
}

/** Bytes of memory that are the process's own: pages of the database's files, which the system takes back at will, are not. */
async function ownMemory(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(/^RssAnon:\s+(\d+)/mu.exec(status)?.[1]) * 1024;
}

/** Microseconds of CPU for the signature checks, and for each advert a record and its index entries in plain LevelDB. */
async function bareCost(folder: string, signatures: number, adverts: number): Promise<number> {
  const seed = systemRandom(32);
  const [key, message] = [ed25519PublicKey(seed), systemRandom(SIGNED_BYTES)];
  const signature = signEd25519(seed, message);
  const level = await openLevelStore(folder, { create: true, cache: 8 * MB, writeBuffer: 8 * MB });
  const value = systemRandom(RECORD_BYTES);
  const nothing = new Uint8Array();
  const before = cpuOfProcess();
  for (let at = 0; at < signatures; at++)
    if (!verifyEd25519(key, message, signature)) throw new Error("A signature of our own does not verify.");
  for (let written = 0; written < adverts; written += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, adverts - written) }, () => [
      { type: "put" as const, key: systemRandom(KEY_BYTES), value },
      ...INDEX_ENTRIES.map((_, at) => ({
        ...{ type: "put" as const, key: systemRandom(KEY_BYTES).with(0, at), value: nothing },
      })),
    ]);
    await level.batch(entries.flat());
  }
  const cost = cpuOfProcess() - before;
  await level.close();
  return cost;
}

async function foundThree(folder: string): Promise<string[]> {
  const members = ["a", "b", "c"].map((key): DemoMember => {
    const country = key.toUpperCase().repeat(2);
    return { key, name: `Hotline ${key}`, country, kind: "hotline", people: [], port: 0 };
  });
  const settings = () => ({
    profile: undefined,
    log: "silent",
    federation: { limits: { snapshotBlocks: 1 } },
  });
  const { nodes } = await foundFederation({ folder, members, settings });
  return nodes.map(({ configurationFile }) => configurationFile);
}

async function setSnapshotBlocks(configurationFile: string, blocks: number): Promise<void> {
  const before = await readFile(configurationFile, "utf8");
  await writeFile(configurationFile, before.replace(/snapshotBlocks: \d+/u, `snapshotBlocks: ${blocks}`));
}

/** The author in a process of its own, having published as many adverts more. Calls `use` with its member id. */
async function withAuthor(
  configurationFile: string,
  adverts: number,
  use: (author: string) => Promise<void>,
): Promise<void> {
  const child = fork(fileURLToPath(new URL("catchup-author.ts", import.meta.url)), {
    execArgv: process.execArgv,
  });
  try {
    child.send({ configurationFile, adverts });
    await use(await answerOf(child));
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.disconnect();
    await ended;
  }
}

const answerOf = (child: ChildProcess) =>
  new Promise<string>((resolve, reject) => {
    child.once("message", (answer) => resolve(String(answer)));
    child.once("exit", (code) => reject(new Error(`The author's process ended (${code}).`)));
  });
