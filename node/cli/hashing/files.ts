/** The files that a command is asked about: names, folders, and `-` for a list of names on standard input. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface FileOptions {
  /** Files in folders too, however deep. */
  recursive?: boolean | undefined;
  /** Ends the wait for names on standard input. */
  signal?: AbortSignal;
}

/**
 * File names in order: as given, those in a folder by name. A folder without `recursive` comes as itself, for the command
 * to refuse. Links in folders are not followed, so that none leads in circles or out.
 */
export async function* filesOf(
  names: readonly string[],
  { recursive, signal }: FileOptions,
): AsyncGenerator<string> {
  for (const name of names) {
    if (name === "-") yield* linesOnInput(signal);
    else if (recursive === true && (await isFolder(name))) yield* filesIn(name);
    else yield name;
  }
}

/** How many files these are, when that can be known beforehand. */
export async function countFiles(
  names: readonly string[],
  options: FileOptions,
): Promise<number | undefined> {
  if (names.includes("-")) return undefined;
  let count = 0;
  const files = filesOf(names, options);
  while (!(await files.next()).done) count++;
  return count;
}

/** Lines of standard input that are not empty. */
export async function* linesOnInput(signal?: AbortSignal): AsyncGenerator<string> {
  const ends = signal === undefined ? {} : { signal };
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity, ...ends }))
    if (line !== "") yield line;
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (found === undefined) return yield folder; // said to be unreadable, like a file
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of found) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

const isFolder = (name: string) =>
  stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );
