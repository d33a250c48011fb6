/** An index in a folder that goes away, and what it should answer. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openExactIndex, type ExactEntry, type ExactIndex } from "@wardline/hashing/exact";
import { key, LITTLE } from "./numbered.ts";

export { digestOf, entriesOf, entryOf, key, LITTLE, recordOf } from "./numbered.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-exact-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An open index, closed when the test ends. */
export async function opened(folder: string, memory = LITTLE): Promise<ExactIndex> {
  const index = await openExactIndex({ folder, key, memory });
  onTestFinished(() => index.close());
  return index;
}

export const addAll = (index: ExactIndex, entries: readonly ExactEntry[]): Promise<unknown> =>
  Promise.all(entries.map(({ kind, digest, record }) => index.add(kind, digest, record)));

/** Records of the entries' digests, as text. */
export async function found(index: ExactIndex, entries: readonly ExactEntry[]): Promise<string[][]> {
  const answers = await index.findBatch(entries);
  return answers.map((records) => records.map((record) => Buffer.from(record).toString("hex")));
}

/** What `found` says when each entry is there. */
export const expected = (entries: readonly ExactEntry[]): string[][] =>
  entries.map(({ record }) => [Buffer.from(record).toString("hex")]);

export async function filesOf(folder: string, end: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(end));
  return names.map((name) => join(folder, name));
}
