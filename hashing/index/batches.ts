/** Entries in batches of a size. */
import { checkEntry } from "./check.ts";
import type { BuildOptions, Entry } from "./types.ts";

export function* slicesOf<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

export async function* batchesOf<T>(all: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const one of all) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Those that may come in; `onRefused` is told of the others. */
export function acceptable(
  batch: readonly Entry[],
  onRefused: NonNullable<BuildOptions["onRefused"]>,
): readonly Entry[] {
  return batch.filter((entry) => {
    try {
      checkEntry(entry);
      return true;
    } catch (error) {
      onRefused(entry, error as Error);
      return false;
    }
  });
}
