/** Files that are there whole or not at all, whenever the power goes. */
import { open, mkdir, readFile, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Added to a file's name while it is written; what is found under such a name at start was never finished. */
export const UNFINISHED = ".new";
const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/**
 * Replaces a file's content in one step and durably: new file, fsync, rename, fsync of the folder.
 * With `forget`, what the old file held is overwritten where the file system allows it; file systems that copy on
 * write, and flash storage, keep old blocks in their own time, so the disk should be encrypted as a whole as well.
 * With `lazyName`, the folder is not synced: after a power cut the old content may be back, but whole.
 */
export async function writeFileAtomically(
  path: string,
  bytes: Uint8Array,
  options: { forget?: boolean; lazyName?: boolean } = {},
): Promise<void> {
  const old = options.forget ? await openIfExists(path, "r+") : undefined;
  try {
    const file = await open(path + UNFINISHED, "w", OWNER_ONLY_FILE);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(path + UNFINISHED, path);
    if (!options.lazyName) await syncFolder(dirname(path));
    if (old) await overwrite(old);
  } finally {
    await old?.close();
  }
}

/** The content, or undefined when there is no such file. */
export async function readIfExists(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch(undefinedIfMissing);
}

/** The file opened, or undefined when there is none. */
export async function openIfExists(path: string, flags: "r" | "r+"): Promise<FileHandle | undefined> {
  return open(path, flags).catch(undefinedIfMissing);
}

/** Makes a folder (and those above it) that only the owner may enter; its name is durable when this resolves. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: OWNER_ONLY_FOLDER });
  if (first === undefined) return;
  await syncFolder(dirname(path));
  await syncFolder(dirname(first));
}

/** A new file for writing and reading that only the owner may open; refuses one that exists. */
export async function createFile(path: string): Promise<FileHandle> {
  return open(path, "wx+", OWNER_ONLY_FILE);
}

/** Makes names that were added to or removed from a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Moves a file that is complete and synced to its final name, durably. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await rename(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Removes a file if it is there; with `forget`, overwrites it first. */
export async function removeFile(path: string, options: { forget?: boolean } = {}): Promise<void> {
  const file = options.forget ? await openIfExists(path, "r+") : undefined;
  if (file) await overwrite(file).finally(() => file.close());
  await rm(path, { force: true });
}

/** Removes files whose writing was never finished. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(UNFINISHED)) await removeFile(join(folder, name), { forget: true });
  }
}

async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(new Uint8Array(size), 0, size, 0);
  await file.sync();
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
