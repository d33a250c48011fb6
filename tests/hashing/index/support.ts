/** What tests of the match index share: a folder of their own, an owner, and entries. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  createMatchIndex,
  openMatchIndex,
  type Entry,
  type MatchIndex,
  type MatchIndexOptions,
} from "@wardline/hashing/index";
import { hashOf } from "./model.ts";

export const lists = [{ id: "usual", name: "The field's thresholds" }];
export const key = new Uint8Array(32).fill(7);

export const entry = (number: number, more: Partial<Entry> = {}): Entry => ({
  list: "usual",
  key: number,
  source: "hotline a",
  verdict: "baseline",
  pdq: hashOf(number),
  ...more,
});

export const entriesUpTo = (count: number): Entry[] => Array.from({ length: count }, (_, at) => entry(at));

export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-test-index-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type Options = Partial<MatchIndexOptions>;
const small = { lists, threads: 1, capacity: 1000 };

/** Closed when the test ends. */
export const created = (options: Options = {}) => closing(createMatchIndex({ ...small, ...options }));
export const opened = (folder: string, options: Options = {}) =>
  closing(openMatchIndex({ ...small, store: { folder, key }, ...options }));

async function closing(opening: Promise<MatchIndex>): Promise<MatchIndex> {
  const index = await opening;
  onTestFinished(() => index.close());
  return index;
}
