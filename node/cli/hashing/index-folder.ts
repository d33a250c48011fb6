/** An index that is kept in a folder: made anew as a whole, opened by reading. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { createMatchIndex, openMatchIndex, type MatchIndex } from "@wardline/hashing/index";
import { systemRandom, WardlineError } from "@wardline/protocol/encoding";
import { createOpeningKey, openingKey } from "../../vault/index.ts";
import { capacityFor, feed, settingsOf, type FeedOptions } from "./feed.ts";
import type { ListOnCommandLine } from "./list-settings.ts";
import { printable } from "./output.ts";

/** The key lies beside the folder, as a node's does, unless it is put elsewhere. */
export const keyFileFor = (folder: string, keyFile: string | undefined) =>
  keyFile ?? `${resolve(folder)}.key`;

/**
 * Builds the index beside the old one, which stays until the new one is whole. The key file is made when it is not there.
 * Errors: `cli/not-an-index`, those of the key file (`vault/…`), of the lists (`list/…`) and of the index (`hashing/…`).
 */
export async function buildIndexFolder(
  folder: string,
  keyFile: string,
  lists: readonly ListOnCommandLine[],
  options: FeedOptions,
): Promise<{ entries: number; hashes: number }> {
  const [unfinished, old] = [`${resolve(folder)}.unfinished`, `${resolve(folder)}.old`];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await refuseOther(folder);
  const { key } = await createOpeningKey({ keyFile }, folder, systemRandom);
  try {
    const built = await build(unfinished, key, lists, options);
    await rm(old, { recursive: true, force: true });
    await rename(folder, old);
    await rename(unfinished, folder);
    await rm(old, { recursive: true });
    return built;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function build(
  folder: string,
  key: Uint8Array,
  lists: readonly ListOnCommandLine[],
  options: FeedOptions,
) {
  await rm(folder, { recursive: true, force: true }); // of a build that was interrupted
  const index = await createMatchIndex({
    lists: lists.map(settingsOf),
    store: { folder, key },
    capacity: await capacityFor(lists),
  });
  try {
    await feed(index, lists, options);
    await index.compact();
    // What the lists are called and how they are matched goes with the index.
    await index.save(JSON.stringify(lists));
    return { entries: index.entries, hashes: index.hashes };
  } finally {
    await index.close();
  }
}

/**
 * The index with the settings with which it was built, which `change` may change.
 * Errors: `hashing/no-index`, `hashing/index-damaged`, `hashing/index-version`, those of the key file.
 */
export async function openIndexFolder(
  folder: string,
  keyFile: string,
  change: (list: ListOnCommandLine) => ListOnCommandLine,
): Promise<{ index: MatchIndex; lists: ListOnCommandLine[] }> {
  const key = await openingKey({ keyFile }, folder, undefined);
  const index = await openMatchIndex({ lists: [], store: { folder, key } });
  const lists = (JSON.parse(index.mark ?? "[]") as ListOnCommandLine[]).map(change);
  await index.setLists(lists.map(settingsOf));
  return { index, lists };
}

/** The folder is replaced as a whole, so it must hold nothing else. */
async function refuseOther(folder: string): Promise<void> {
  const others = (await readdir(folder)).filter(
    (name) => !/^(?:index|digests|shard-\d+-\d+)(?:\.new)?$/.test(name),
  );
  if (others.length === 0) return;
  throw new WardlineError(
    "cli/not-an-index",
    `The folder ${printable(folder)} holds other things than an index.`,
    {
      advice: "Name a new folder, which the index has for itself.",
    },
  );
}
