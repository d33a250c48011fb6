/**
 * Looks at a database's files before LevelDB does. LevelDB drops what it cannot read, and then deletes the file; a missing
 * or damaged file shows here while everything is still as it was found.
 */
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { damagedFile } from "./damage.ts";
import { logRecords } from "./log.ts";
import { liveFiles, type LiveFiles } from "./manifest.ts";
import { checkTable } from "./table.ts";

/** Files of a database that is open elsewhere change while they are looked at; those of a damaged one do not get better. */
const LOOKS = 3;

/**
 * Checks manifest, logs, and up to `most` bytes of tables, the newest first (a gigabyte takes some seconds).
 * @throws `store/damaged` with the name of the file
 */
export async function checkFiles(folder: string, most: number): Promise<void> {
  for (let look = 1; ; look++) {
    try {
      return await checkOnce(folder, most);
    } catch (error) {
      if (look === LOOKS) throw error;
    }
  }
}

async function checkOnce(folder: string, most: number): Promise<void> {
  const live = await readManifest(folder);
  for (const name of await logsIn(folder, live.firstLog)) {
    await checked(name, async () => logRecords(await readFile(join(folder, name)), name));
  }
  let left = most;
  for (const [number, size] of [...live.tables].reverse()) {
    const name = `${String(number).padStart(6, "0")}.ldb`;
    left -= size;
    await checked(name, () =>
      left >= 0 ? checkWhole(join(folder, name), size) : checkSize(join(folder, name), size),
    );
  }
}

async function readManifest(folder: string): Promise<LiveFiles> {
  const current = await checked("CURRENT", async () => {
    const [name] = /^MANIFEST-\d{6,}(?=\n$)/.exec(await readFile(join(folder, "CURRENT"), "latin1")) ?? [];
    if (name === undefined) throw new RangeError("it names no manifest");
    return name;
  });
  return checked(current, async () => liveFiles(logRecords(await readFile(join(folder, current)), current)));
}

async function logsIn(folder: string, first: number): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^\d+\.log$/.test(name) && Number.parseInt(name) >= first).sort();
}

async function checkWhole(path: string, size: number): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length !== size) throw new RangeError("its size is wrong");
  checkTable(bytes);
}

async function checkSize(path: string, size: number): Promise<void> {
  if ((await stat(path)).size !== size) throw new RangeError("its size is wrong");
}

/** Whatever goes wrong with a file is that file's damage. */
async function checked<T>(name: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw damagedFile(name, error);
  }
}
