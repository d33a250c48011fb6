/**
 * The folder of an index:
 *
 *     index            sealed: which generation of shards counts, the mark, all names; replaced in one step
 *     shard-<g>-<n>    sealed: shard n as saved in generation g
 *     digests/         the exact index
 *
 * A save writes a new generation beside the old one, then replaces `index`, then removes the old: whenever it is
 * interrupted, `index` names whole files. Names are written before anything that uses their numbers reaches the disk.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { HashingError } from "../errors.ts";
import { replaceFile } from "../files.ts";
import { cannotWrite, type ShelfFile } from "./shelf-file.ts";
import { damaged, deriveSecret, openWhole, sealWhole } from "./sealed.ts";
import type { NameLists } from "./names.ts";

const INDEX = "index";
const DIGESTS = "digests";
const KEY_BYTES = 32;

/** What `index` holds. */
export interface Saved {
  /** 0: no shards were saved yet. */
  generation: number;
  shards: number;
  capacity: number;
  mark?: string | undefined;
  names: NameLists;
}

export interface Folder {
  /** What was saved. Errors: `hashing/no-index`, `hashing/index-damaged`, `hashing/index-version`. */
  read(): Promise<Saved>;
  /** Durable when it resolves. Error: `hashing/index-write`. */
  write(saved: Saved): Promise<void>;
  shard(generation: number, number: number): ShelfFile;
  /** Removes shards of other generations and whatever was never finished. */
  tidy(generation: number): Promise<void>;
  /** Removes the index that is here. */
  clear(): Promise<void>;
  readonly digests: { folder: string; key: Uint8Array };
}

/** Makes the folder if need be. Error: `hashing/bad-key`. */
export async function useFolder({ folder, key }: { folder: string; key: Uint8Array }): Promise<Folder> {
  if (key.length !== KEY_BYTES)
    throw new HashingError(
      "hashing/bad-key",
      `The key of a match index has ${KEY_BYTES} bytes; this one has ${key.length}.`,
    );
  const secret = deriveSecret(key, "files");
  const path = (name: string) => join(folder, name);
  await writing(() => mkdir(folder, { recursive: true, mode: 0o700 }));
  const removeAll = async (isGone: (name: string) => boolean) => {
    const names = await readdir(folder);
    await Promise.all(names.filter(isGone).map((name) => rm(path(name), { recursive: true, force: true })));
  };

  return {
    async read() {
      const sealed = await readFile(path(INDEX)).catch(missing);
      return parsed(openWhole(secret, INDEX, sealed));
    },
    write: (saved) =>
      writing(async () => {
        await replaceFile(folder, INDEX, sealWhole(secret, INDEX, Buffer.from(JSON.stringify(saved))));
      }),
    shard(generation, number) {
      const name = `shard-${generation}-${number}`;
      return { path: path(name), secret, role: name };
    },
    tidy: (generation) =>
      removeAll(
        (name) => name.endsWith(".new") || (isShard(name) && !name.startsWith(`shard-${generation}-`)),
      ),
    clear: () =>
      removeAll((name) => name === INDEX || name === DIGESTS || name.endsWith(".new") || isShard(name)),
    digests: { folder: path(DIGESTS), key: deriveSecret(key, "digests") },
  };
}

const isShard = (name: string) => /^shard-\d+-\d+(\.new)?$/.test(name);

/** It was sealed by us, so it is what we wrote; a shape that is unknown is a bug or another program's. */
function parsed(content: Uint8Array): Saved {
  try {
    return JSON.parse(Buffer.from(content).toString("utf8")) as Saved;
  } catch {
    throw damaged("its first file is none of ours");
  }
}

export const noFolder = (): HashingError =>
  new HashingError(
    "hashing/no-folder",
    "This match index is in memory alone.",
    "Give it a store, with a folder and a key, to open and save it.",
  );

function missing(error: NodeJS.ErrnoException): never {
  if (error.code !== "ENOENT") throw error;
  throw new HashingError(
    "hashing/no-index",
    "There is no saved match index in this folder.",
    "Create one and feed it from where its entries come from.",
  );
}

async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw cannotWrite(error as Error);
  }
}
