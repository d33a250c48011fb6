/**
 * The index as its owner sees it: how the parts work together.
 *
 *   add, remove ──► packing ──► (new names to disk) ──► shards.ts ──► shard threads   shelf.ts over hashing/hamming
 *                                                  └──► digests.ts ─► digest thread   hashing/exact
 *   match ────────► asking ───► packing ──► both ──► answers
 *   save ─────────► the shard threads write their files ──► folder.ts names them
 *
 * Threads do things in the order in which they are told, and queries overtake only what nobody was promised yet: so a
 * query sees whatever was acknowledged before it was asked.
 */
import { availableParallelism, totalmem } from "node:os";
import { answersFrom } from "./answers.ts";
import { createLine } from "./asking.ts";
import { acceptable, batchesOf, slicesOf } from "./batches.ts";
import { checkAsked, checkLimit } from "./check.ts";
import { openDigests, type DigestSide } from "./digests.ts";
import { noFolder, useFolder, type Folder, type Saved } from "./folder.ts";
import { createNames } from "./names.ts";
import { packEntries, packQueries, packRemovals, type Changes } from "./packing.ts";
import { startShards, type Shards } from "./shards.ts";
import { closed } from "./thread.ts";
import type { How } from "./messages.ts";
import type { Answer, Entry, MatchIndex, MatchIndexOptions, Query } from "./types.ts";
import { createViews } from "./views.ts";

/** A shard of this size is searched in some 60 µs and takes 2 GB; a larger one could outgrow its 4 GB. */
const HASHES_PER_SHARD = 12_000_000;
const CAPACITY = 10_000_000;
const QUEUE = 10_000;
const MEMORY_SHARE = 0.75;
const LIMIT = 100;
/** Entries sent at once: some milliseconds of work, so that queries in between do not wait long. */
const BATCH = 2_048;
/** Batches of a build under way at once: threads never starve, and memory stays bounded. */
const BATCHES_UNDER_WAY = 4;

/**
 * A new, empty index; one that was saved in its folder before is removed.
 * Errors: `hashing/bad-list`, `hashing/bad-key`, `hashing/index-write`.
 */
export async function createMatchIndex(options: MatchIndexOptions): Promise<MatchIndex> {
  const { store, capacity = CAPACITY } = options;
  const folder = store && (await useFolder(store));
  const shards = Math.max(threadsOf(options), Math.ceil(capacity / HASHES_PER_SHARD));
  const saved: Saved = { generation: 0, shards, capacity, names: { list: [], source: [], verdict: [] } };
  await folder?.clear();
  await folder?.write(saved);
  return start(options, folder, saved);
}

/**
 * The index as it was last saved, by reading it. Its capacity stays what it was.
 * Errors: `hashing/no-index`; `hashing/index-damaged` (a byte changed, a file cut or missing, another key),
 * `hashing/index-version`: create it anew and feed it again.
 */
export async function openMatchIndex(options: MatchIndexOptions): Promise<MatchIndex> {
  if (!options.store) throw noFolder();
  const folder = await useFolder(options.store);
  const saved = await folder.read();
  await folder.tidy(saved.generation);
  return start(options, folder, saved);
}

const threadsOf = ({ threads = Math.max(1, availableParallelism() - 1) }: MatchIndexOptions) => threads;

/** Of the machine, or of the container that the process may not outgrow. */
const memoryOf = ({ memory }: MatchIndexOptions) =>
  memory ?? Math.min(totalmem(), process.constrainedMemory() || Infinity) * MEMORY_SHARE;

async function start(
  options: MatchIndexOptions,
  folder: Folder | undefined,
  saved: Saved,
): Promise<MatchIndex> {
  const names = createNames(saved.names);
  const views = createViews(options.lists, names);
  const files = folder && saved.generation > 0 ? filesOf(folder, saved.generation, saved.shards) : undefined;
  const memory = memoryOf(options);
  const { shards: count, capacity } = saved;
  const shards = await startShards({ threads: threadsOf(options), memory, shards: count, capacity, files });
  try {
    const digests = await openDigests(folder?.digests);
    return assemble({ folder, saved, names, views, shards, digests, queue: options.queue ?? QUEUE });
  } catch (error) {
    await shards.close();
    throw error;
  }
}

const filesOf = (folder: Folder, generation: number, shards: number) =>
  Array.from({ length: shards }, (_, number) => folder.shard(generation, number));

interface Parts {
  readonly folder: Folder | undefined;
  readonly saved: Saved;
  readonly names: ReturnType<typeof createNames>;
  readonly views: ReturnType<typeof createViews>;
  readonly shards: Shards;
  readonly digests: DigestSide;
  readonly queue: number;
}

function assemble({ folder, saved, names, shards, digests, queue, ...parts }: Parts): MatchIndex {
  let { views } = parts;
  let isClosed = false;
  const inTurn = createTurns();
  const savesInTurn = createTurns();
  const writesInTurn = createTurns();
  let namesKept = folder ? 0 : Infinity;

  const mustBeOpen = () => {
    if (isClosed) throw closed();
  };
  const writeSaved = (change: Partial<Saved> = {}) =>
    writesInTurn(async () => {
      const { count } = names;
      await folder?.write(Object.assign(saved, change, { names: names.all() }));
      namesKept = Math.max(namesKept, count);
    });
  /** Numbers of names reach the disk before anything that uses them, else a crash would give them to others. */
  const send = async (batches: readonly Changes[], how: How) => {
    const { done } = await inTurn(async () => {
      mustBeOpen();
      if (names.count > namesKept) await writeSaved();
      return {
        done: Promise.all([shards.write(batches, how), ...batches.map((one) => digests.write(one, how))]),
      };
    });
    await done;
  };
  const line = createLine(queue, async (queries, limit) => {
    const packed = packQueries(queries, views, limit);
    const [near, exact] = await Promise.all([shards.match(packed.hashes), digests.match(packed.digests)]);
    return answersFrom(near, exact, { limit, turns: packed.hashes.turns }, names);
  });
  const matchAll = async (queries: readonly Query[], limit: number) => {
    mustBeOpen();
    checkLimit(limit);
    queries.forEach(checkAsked);
    return line.ask(queries, limit);
  };
  const pack = (entries: readonly Entry[]) => packEntries(entries, saved.shards, names);

  return {
    get entries() {
      return shards.entries;
    },
    get hashes() {
      return shards.hashes;
    },
    get bytes() {
      return shards.bytes;
    },
    get mark() {
      return saved.mark;
    },
    async add(entries) {
      mustBeOpen();
      await send([...slicesOf(entries, BATCH)].map(pack), "add");
    },
    async remove(removals) {
      mustBeOpen();
      await send(
        [...slicesOf(removals, BATCH)].map((some) => packRemovals(some, saved.shards, names)),
        "remove",
      );
    },
    async build(entries, { onProgress, onRefused, signal } = {}) {
      mustBeOpen();
      const underWay: Promise<void>[] = [];
      let done = 0;
      const put = async (batch: readonly Entry[]) => {
        await send([pack(batch)], "build");
        done += batch.length;
        onProgress?.(done);
      };
      const sides = [shards, digests];
      await Promise.all(sides.map((side) => side.begin()));
      try {
        for await (const batch of batchesOf(entries, BATCH)) {
          signal?.throwIfAborted();
          const one = put(onRefused ? acceptable(batch, onRefused) : batch);
          one.catch(() => undefined); // told when its turn to be awaited comes
          underWay.push(one);
          if (underWay.length === BATCHES_UNDER_WAY) await underWay.shift();
        }
        await Promise.all(underWay);
      } finally {
        await Promise.allSettled(underWay);
        await Promise.all(sides.map((side) => side.end()));
      }
      return done;
    },
    match: async (query, { limit = LIMIT } = {}) => (await matchAll([query], limit))[0] as Answer,
    matchAll: (queries, { limit = LIMIT } = {}) => matchAll(queries, limit),
    async setLists(lists) {
      mustBeOpen();
      views = createViews(lists, names);
    },
    async compact() {
      mustBeOpen();
      await Promise.all([shards.compact(), digests.compact()]);
    },
    save: (mark) =>
      savesInTurn(async () => {
        mustBeOpen();
        if (!folder) throw noFolder();
        const generation = saved.generation + 1;
        const { done } = await inTurn(async () => ({
          done: shards.save(filesOf(folder, generation, saved.shards)),
        }));
        await done;
        await writeSaved({ generation, mark });
        await folder.tidy(generation);
      }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      line.close();
      await Promise.all([shards.close(), digests.close()]);
    },
  };
}

/** One after another, in the order of the calls; one that fails does not stop the next. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
