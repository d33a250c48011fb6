/** What evidence costs: a fetch on the record against one that is not, and an export against the stock `age` program. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { createArchive, type RecordExchange } from "../../node/capture/evidence/index.ts";
import { guardedFetch } from "../../node/capture/index.ts";
import { loadConfiguration } from "../../node/configuration/index.ts";
import { encrypted } from "../../node/export/encrypt.ts";
import { tarOf } from "../../node/export/tar.ts";
import { createMasterKey, openVault, unlock, type Vault } from "../../node/vault/index.ts";
import { costOf } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";

const PICTURE = 200_000;
const FETCHES = 100;
const ROUNDS = 5;
const EXPORTED = 128 * 1024 * 1024;

export async function benchEvidence(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-evidence-"));
  const dataFolder = join(folder, "data");
  const opening = { keyFile: join(folder, "key") };
  await createMasterKey(dataFolder, opening, systemRandom);
  const master = await unlock(dataFolder, opening);
  const { vault: settings } = loadConfiguration({ dataFolder, keyFile: opening.keyFile });
  const now = () => Date.now();
  const vault = await openVault({ dataFolder, master, settings, random: systemRandom, now });
  try {
    await fetches(report, vault);
    await exported(report, vault, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fetches(report: Report, vault: Vault): Promise<void> {
  const body = systemRandom(PICTURE);
  const server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "image/jpeg" }).end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { capture: settings } = loadConfiguration({ capture: { allow: [host] } });
  const { signal } = new AbortController();
  const archive = createArchive({
    vault,
    random: systemRandom,
    now: () => Date.now(),
    tool: "bench",
    about: "bench",
  });
  const fetch = (record?: RecordExchange) => guardedFetch(`http://${host}/`, { settings, signal, record });
  const rounds: [number, number][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = await costOf(FETCHES, () => fetch(archive.record));
    await archive.seal();
    const plain = await costOf(FETCHES, () => fetch());
    if (round > 0) rounds.push([ours / 1000, plain / 1000]);
  }
  server.close();
  const of = (at: 0 | 1) => median(rounds.map((round) => round[at]));
  report(
    finding("evidence, fetch of 200 KB on the record", [of(0), of(1)], {
      ...{ unit: "ms of CPU", against: "the same fetch without, server included" },
    }),
  );
}

/** From the vault through tar and age, against age alone reading a file. */
async function exported(report: Report, vault: Vault, folder: string): Promise<void> {
  const piece = systemRandom(1024 * 1024);
  const pieces = Array<Uint8Array>(EXPORTED / piece.length).fill(piece);
  const { id } = await vault.put(
    (async function* () {
      yield* pieces;
    })(),
  );
  const file = join(folder, "plain");
  await writeFile(file, pieces);
  const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const recipient = execFileSync("age-keygen", ["-y"], { encoding: "utf8", input: identity }).trim();
  const files = [{ name: "original", bytes: EXPORTED, read: () => vault.read(id) }];
  const memory = { before: process.memoryUsage.rss(), most: 0 };
  const ours = await costOf(1, async () => {
    let pieces = 0;
    for await (const piece of encrypted(tarOf("export", files, 0), [recipient]))
      if (++pieces % 100 === 0 && piece.length > 0)
        memory.most = Math.max(memory.most, process.memoryUsage.rss());
  });
  const grown = Math.max(0, memory.most - memory.before) / 2 ** 20;
  const reading = await costOf(1, () => Array.fromAsync(vault.read(id), ({ length }) => length));
  const age = cpuOf(`age -r ${recipient} -o /dev/null ${file}`);
  report(
    finding("evidence, export of 128 MiB", [ours / 1000, reading / 1000 + age], {
      ...{ unit: "ms of CPU", against: "reading the vault, and age from a file" },
      note: `age alone ${age.toFixed(0)} ms; memory grew by ${grown.toFixed(0)} MiB at most`,
    }),
  );
}

/** Milliseconds of a program's CPU, as the shell measures its children. */
function cpuOf(command: string): number {
  const said = execFileSync("bash", ["-c", `${command}; times`], { encoding: "utf8" });
  const children = said.trim().split("\n").at(-1) ?? "";
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}
