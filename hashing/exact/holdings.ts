/** What the index holds on disk, as the manifest says it; every change is on the disk before it counts here. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../files.ts";
import { logFile } from "./log.ts";
import { MANIFEST, readManifest, writeManifest, type Manifest } from "./manifest.ts";
import { damaged, unwritten } from "./faults.ts";
import { openRun, type Run } from "./reading.ts";
import { runFile, type RunName } from "./runs.ts";

/** A log that still counts. `end`: the number of its last change, once nothing more is written to it. */
export interface LogPart {
  readonly id: string;
  readonly pages: number;
  end?: number;
}

export interface Holdings {
  /** Oldest first. */
  readonly runs: readonly Run[];
  readonly logs: readonly LogPart[];
}

export interface Shelf {
  readonly now: Holdings;
  /** Changes what is held: one change after another. What is held no longer is closed and deleted. Error: `hashing/index-write`. */
  change(edit: (now: Holdings) => Partial<Holdings>): Promise<void>;
  open(run: RunName): Promise<Run>;
  /** Says in the manifest how much of each log was acknowledged, so that nothing of it can be cut off unseen. */
  close(): Promise<void>;
}

/** A name that no file had before. */
export const newId = (): string => randomBytes(16).toString("hex");

/**
 * Opens what the folder holds; an empty folder becomes an empty index. Errors: those of `readManifest` and `openRun`;
 * `hashing/index-damaged` when there are files but no manifest.
 */
export async function openShelf(folder: string, secret: Uint8Array): Promise<Shelf> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const manifest = await readManifest(folder, secret);
  await sweep(folder, manifest);
  const open = (run: RunName) => openRun(folder, secret, run);
  let now: Holdings = { runs: await openAll(manifest?.runs ?? [], open), logs: manifest?.logs ?? [] };

  const replace = async (next: Holdings) => {
    const before = now;
    await syncFolder(folder);
    await writeManifest(folder, secret, manifestOf(next));
    now = next;
    const gone = before.runs.filter((run) => !next.runs.includes(run));
    await Promise.all(gone.map((run) => run.close()));
    const files = [
      ...gone.map(({ id }) => runFile(id)),
      ...before.logs.filter((log) => !next.logs.includes(log)).map(({ id }) => logFile(id)),
    ];
    await removeFiles(folder, files);
  };
  let last: Promise<unknown> = Promise.resolve();
  const change: Shelf["change"] = (edit) => {
    const result = last.then(() => replace({ ...now, ...edit(now) })).catch(refused);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    get now() {
      return now;
    },
    change,
    open,
    async close() {
      await change(() => ({})).finally(() => Promise.all(now.runs.map((run) => run.close())));
    },
  };
}

const refused = (error: unknown): never => {
  throw unwritten(error);
};

async function openAll(names: readonly RunName[], open: (run: RunName) => Promise<Run>): Promise<Run[]> {
  const runs: Run[] = [];
  try {
    for (const name of names) runs.push(await open(name));
  } catch (error) {
    await Promise.all(runs.map((run) => run.close()));
    throw error;
  }
  return runs;
}

const manifestOf = ({ runs, logs }: Holdings): Manifest => ({
  runs: runs.map(({ id, rows }) => ({ id, rows })),
  logs: logs.map(({ id, pages }) => ({ id, pages })),
});

/** Deletes what a fall left half done. */
async function sweep(folder: string, manifest: Manifest | undefined): Promise<void> {
  const ours = (await readdir(folder)).filter((name) => /^[0-9a-f]{32}\.(run|log)$/.test(name));
  if (manifest === undefined && ours.length > 0) throw damaged("its manifest is gone");
  const held = new Set([
    ...(manifest?.runs ?? []).map(({ id }) => runFile(id)),
    ...(manifest?.logs ?? []).map(({ id }) => logFile(id)),
  ]);
  await removeFiles(folder, [...ours.filter((name) => !held.has(name)), `${MANIFEST}.new`]);
}

export async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}
