/** LevelDB with segments so small that a few hundred batches fill many. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import {
  openLevelStore,
  withSegments,
  type OrderedStore,
  type RawOperation,
  type SegmentLimits,
} from "@wardline/node/store";
import { limits, newFolder } from "../support.ts";

export const small = { separateFrom: 100, segment: 2000, lookEvery: 4 };

export interface Segmented {
  readonly folder: string;
  readonly segments: string;
  readonly store: OrderedStore;
  /** Closes it, if it is open, and opens it again. */
  reopen(): Promise<OrderedStore>;
}

export async function newSegmented(segmentLimits = small): Promise<Segmented> {
  const folder = await newFolder();
  const segments = join(folder, "segments");
  let store = await openSegmented(folder, true, segmentLimits);
  onTestFinished(() => store.close());
  return {
    ...{ folder, segments, store },
    async reopen() {
      await store.close();
      return (store = await openSegmented(folder, false, segmentLimits));
    },
  };
}

export async function openSegmented(folder: string, create: boolean, segmentLimits: SegmentLimits = small) {
  const level = await openLevelStore(join(folder, "records"), { ...limits, create });
  try {
    return await withSegments(level, join(folder, "segments"), segmentLimits);
  } catch (error) {
    await level.close();
    throw error;
  }
}

export const keyOf = (at: number) => Uint8Array.of(1, at >> 8, at & 0xff);
export const everything = { gte: Uint8Array.of(0), lt: new Uint8Array(40).fill(0xff) };

/** A value of this length that no other key has. */
export function valueOf(at: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, byte) => (at * 31 + byte * 7) & 0xff);
}

export const put = (at: number, length: number): RawOperation => ({
  ...{ type: "put", key: keyOf(at), value: valueOf(at, length) },
});
export const del = (at: number): RawOperation => ({ type: "del", key: keyOf(at) });

export async function contentOf(store: Pick<OrderedStore, "range">): Promise<Map<string, string>> {
  const pairs = await Array.fromAsync(store.range(everything));
  return new Map(pairs.map(([key, value]) => [hexOf(key), hexOf(value)]));
}

export const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

export const filesIn = async (folder: string) => (await readdir(folder).catch(() => [])).sort();

/** Writes small batches until the collector has done what is awaited. */
export async function collected(store: OrderedStore, done: () => Promise<void>): Promise<void> {
  const idle = async () => {
    for (let batch = 0; batch < 20; batch++) await store.batch([put(65_535, 10)]);
    await done();
  };
  await vi.waitFor(idle, { timeout: 60_000, interval: 1 });
  expect(await read(store, 65_535)).toEqual(valueOf(65_535, 10));
}

/** What is under this key, as plain bytes. */
export async function read(store: Pick<OrderedStore, "get">, at: number): Promise<Uint8Array | undefined> {
  const value = await store.get(keyOf(at));
  return value && Uint8Array.from(value);
}
