/** Where blobs lie: `incoming/` while they are written, `blobs/xx/` once they are whole. Names are random. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { hex, type Random } from "@wardline/protocol/encoding";
import { makeFolder, moveIntoPlace, removeFile } from "./files.ts";

export interface Blobs {
  newName(): string;
  incomingPath(name: string): string;
  path(name: string): string;
  /** Gives a blob that is whole and synced its place, durably. */
  place(name: string): Promise<void>;
  /** Removes it, from wherever it is. */
  remove(name: string): Promise<void>;
  /** Names of all blobs, whole or not. */
  names(): AsyncGenerator<string, void, undefined>;
}

const NAME_BYTES = 16;
const SHARD_DIGITS = 2;

export async function openBlobs(folder: string, random: Random): Promise<Blobs> {
  const incoming = join(folder, "incoming");
  const whole = join(folder, "blobs");
  await makeFolder(incoming);
  await makeFolder(whole);
  const path = (name: string) => join(whole, name.slice(0, SHARD_DIGITS), name);
  const incomingPath = (name: string) => join(incoming, name);
  return {
    newName: () => hex(random(NAME_BYTES)),
    incomingPath,
    path,
    place: (name) => moveIntoPlace(incomingPath(name), path(name)),
    async remove(name) {
      await removeFile(incomingPath(name));
      await removeFile(path(name));
    },
    async *names() {
      yield* await readdir(incoming);
      for (const shard of await readdir(whole)) yield* await readdir(join(whole, shard));
    },
  };
}
