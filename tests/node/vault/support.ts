/** A real vault in a folder of its own, plain patterns to keep in it, and processes to kill. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { hex, systemRandom } from "@wardline/protocol/encoding";
import type { VaultSettings } from "@wardline/node/configuration";
import { createMasterKey, openVault, unlock, type Grant, type Vault } from "@wardline/node/vault";

export { pattern, sequence } from "./patterns.ts";

export const settings: VaultSettings = {
  itemLimit: 2 ** 30,
  rangeLimit: 2 ** 20,
  reserve: 0,
  incomingLife: 1000,
};

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-vault-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A new node's place: its data folder, and a key file outside of it. */
export async function newPlace(): Promise<{ dataFolder: string; keyFile: string }> {
  const folder = await temporaryFolder();
  const place = { dataFolder: join(folder, "data"), keyFile: join(folder, "key") };
  await createMasterKey(place.dataFolder, { keyFile: place.keyFile }, systemRandom);
  return place;
}

/** Opens the vault of a place as a new process would. */
export async function openAt(
  place: { dataFolder: string; keyFile: string },
  options: Partial<VaultSettings> & { now?: () => number } = {},
): Promise<Vault> {
  const { now = () => 0, ...changed } = options;
  const master = await unlock(place.dataFolder, { keyFile: place.keyFile });
  return openVault({
    dataFolder: place.dataFolder,
    master,
    settings: { ...settings, ...changed },
    random: systemRandom,
    now,
  });
}

export function sha256Of(bytes: Uint8Array): string {
  return hex(createHash("sha256").update(bytes).digest());
}

/** A stream of pieces of the given length. */
export async function* stream(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** What a `material.grant` would say of an item. */
export async function grantOf(
  vault: Vault,
  item: { id: string; size: number; sha256: string },
  id: string,
): Promise<Grant> {
  const key = await vault.grantKey(item.id, id);
  return { id, key, sha256: item.sha256, bytes: item.size, sealedBytes: await vault.grantSize(item.id) };
}

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Whether any file's content or name below the folder holds one of the byte strings; which, and where. */
export async function findOnDisk(folder: string, wanted: Record<string, Uint8Array>): Promise<string[]> {
  const hits: string[] = [];
  for (const path of await filesBelow(folder)) {
    const content = Buffer.concat([Buffer.from(path), Buffer.from([0]), await readFile(path)]);
    for (const [name, bytes] of Object.entries(wanted))
      if (content.includes(bytes)) hits.push(`${name} in ${path}`);
  }
  return hits;
}

/** Runs a program, gives its lines, and kills it with SIGKILL after `lines` of them or `after` ms. */
export function runChild(
  program: URL,
  args: readonly string[],
  until: { lines?: number; after?: number } = {},
): Promise<{ lines: string[]; killed: boolean; errors: string }> {
  const path = fileURLToPath(program);
  const child = spawn(process.execPath, ["--expose-gc", path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  const timer = until.after === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), until.after);
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (until.lines !== undefined && output.split("\n").length > until.lines) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_, signal) => {
      clearTimeout(timer);
      // The last piece has no newline when the process was killed while writing it: it was not said.
      resolve({ lines: output.split("\n").slice(0, -1), killed: signal === "SIGKILL", errors });
    });
  });
}
