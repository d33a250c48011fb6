/** LevelDB behind the store's door, with the settings that keep it honest. */
import { ClassicLevel, type Snapshot } from "classic-level";
import { WardlineError } from "@wardline/protocol/encoding";
import { closedStore, failed } from "./failure.ts";
import { checkFiles } from "./files/check.ts";
import type { OrderedStore, RawOperation, RawRange, RawReader } from "./ordered.ts";

export interface LevelOptions {
  /** Makes a new one, and only that; otherwise opens one that exists, and only that. */
  readonly create: boolean;
  /** Bytes of memory for blocks, and for writes before they become a table. */
  readonly cache: number;
  readonly writeBuffer: number;
  /** Bytes of table files to check before opening, the newest first. Default: all. */
  readonly checkAtStart?: number;
}

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** How many entries of a range are fetched at first, and at most. */
const FIRST_FETCH = 16;
const MOST_FETCHED = 512;

/**
 * Opens the LevelDB in `folder`.
 * @throws `store/in-use`, `store/damaged`, `store/cannot-create`
 */
export async function openLevelStore(folder: string, options: LevelOptions): Promise<OrderedStore> {
  if (!options.create) await checkFiles(folder, options.checkAtStart ?? Infinity);
  const level: Level = new ClassicLevel(folder, { keyEncoding: "view", valueEncoding: "view" });
  await open(level, options);
  let batches: Promise<unknown> = Promise.resolve();
  return {
    ...readerOf(level, undefined),
    snapshot() {
      checkOpen(level);
      const snapshot = level.snapshot();
      return { ...readerOf(level, snapshot), close: () => snapshot.close() };
    },
    async batch(operations) {
      checkOpen(level);
      const written = level.batch(operations as RawOperation[], { sync: true });
      batches = written.catch(() => undefined);
      await written.catch(failed("write"));
    },
    async close() {
      await batches;
      await level.close();
    },
  };
}

async function open(level: Level, { create, cache, writeBuffer }: LevelOptions): Promise<void> {
  try {
    await level.open({
      // Opening without CURRENT and with createIfMissing would delete what is there and begin anew.
      createIfMissing: create,
      errorIfExists: create,
      compression: false, // sealed values do not compress
      cacheSize: cache,
      writeBufferSize: writeBuffer,
    });
  } catch (error) {
    throw openingError(error, create);
  }
}

function openingError(error: unknown, create: boolean): WardlineError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (codeOf(cause) === "LEVEL_LOCKED") {
    return new WardlineError("store/in-use", "The store is open already.", {
      advice: "Stop the other node that uses this data folder.",
      cause,
    });
  }
  if (create) return new WardlineError("store/cannot-create", "The store cannot be created.", { cause });
  return new WardlineError("store/damaged", "The store's database cannot be opened.", {
    advice: "Copy the data folder before anything else; then restore the store from a backup.",
    cause,
  });
}

function readerOf(level: Level, snapshot: Snapshot | undefined): RawReader {
  const options = snapshot ? { snapshot } : {};
  // Reading in this thread takes a few microseconds, far less than the way to another thread and back.
  const get = (key: Uint8Array) => {
    checkOpen(level);
    return level.getSync(key, options);
  };
  return {
    get: async (key) => get(key),
    getMany: async (keys) => keys.map(get),
    async *range(range) {
      checkOpen(level);
      yield* fetched(level.iterator({ ...optionsOf(range), ...options }));
    },
    async *keys(range) {
      checkOpen(level);
      yield* fetched(level.keys({ ...optionsOf(range), ...options }));
    },
    async begun(prefixes) {
      checkOpen(level);
      const iterator = level.keys(options);
      return begunIn(iterator, prefixes).finally(() => iterator.close());
    },
  };
}

function optionsOf({ gte, lt, reverse = false, limit = -1 }: RawRange) {
  return { gte, lt, reverse, limit: Number.isFinite(limit) ? limit : -1 };
}

/** Jumps from key to key, so that many prefixes cost little where there are few keys, and few where there are many. */
async function begunIn(
  iterator: { seek(target: Uint8Array): void; next(): Promise<Uint8Array | undefined> },
  prefixes: readonly Uint8Array[],
): Promise<Set<number>> {
  const begun = new Set<number>();
  let key: Uint8Array | undefined;
  for (const [at, prefix] of prefixes.entries()) {
    if (at === 0 || (key && Buffer.compare(key, prefix) < 0)) {
      iterator.seek(prefix);
      key = await iterator.next().catch(failed("read"));
    }
    if (!key) break;
    if (Buffer.compare(key.subarray(0, prefix.length), prefix) === 0) begun.add(at);
  }
  return begun;
}

/** Small lists in one fetch, long ones in ever larger ones. */
async function* fetched<T>(iterator: {
  nextv(size: number): Promise<T[]>;
  close(): Promise<void>;
}): AsyncGenerator<T, void, undefined> {
  try {
    for (let size = FIRST_FETCH; ; size = Math.min(size * 4, MOST_FETCHED)) {
      // It may give fewer than asked for, when they are large; at its end it gives none.
      const entries = await iterator.nextv(size).catch(failed("read"));
      if (entries.length === 0) return;
      yield* entries;
    }
  } finally {
    await iterator.close();
  }
}

function checkOpen(level: Level): void {
  if (level.status === "open") return;
  throw closedStore();
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
