/** Real stores in folders of their own. */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import { createStore, masterKeyOf, openStore, type Store, type StoreOptions } from "@wardline/node/store";
import { systemRandom } from "@wardline/protocol/encoding";

/** The smallest write buffer that LevelDB takes: a few hundred records make tables. */
export const limits = { cache: 2 ** 16, writeBuffer: 2 ** 16, records: 2 ** 16 };

/** A folder that is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function optionsFor(folder: string, keyByte = 1): StoreOptions {
  const master = masterKeyOf(new Uint8Array(32).fill(keyByte));
  return { folder: join(folder, "store"), master, limits, random: systemRandom };
}

/** A new store, and how to open it again. It is closed after the test, if it was not before. */
export async function newStore(): Promise<{ store: Store; options: StoreOptions }> {
  const options = optionsFor(await newFolder());
  await createStore(options);
  return { store: await reopen(options), options };
}

export async function reopen(options: StoreOptions): Promise<Store> {
  const store = await openStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** A copy of the store's folder, to be damaged. The original must be closed. */
export async function copyOf(options: StoreOptions): Promise<StoreOptions> {
  const copy = optionsFor(await newFolder());
  await cp(options.folder, copy.folder, { recursive: true });
  return copy;
}

/** All files of the store by their path within it. */
export async function filesOf({ folder }: StoreOptions): Promise<Map<string, Uint8Array>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const read = async (path: string) => Uint8Array.from(await readFile(path));
  const contents = paths.map(async (path) => [path.slice(folder.length + 1), await read(path)] as const);
  return new Map(await Promise.all(contents));
}

export async function writeTo({ folder }: StoreOptions, file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(folder, file), bytes);
}

/** The code with which something is refused; undefined when it succeeds. */
export async function refusal(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (isWardlineError(error)) return error.code;
    throw error;
  }
}
