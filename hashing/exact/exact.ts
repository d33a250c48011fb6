/**
 * The index: how its parts work together.
 *
 *   add, remove ──► table in memory ──► (full) frozen table ──► sorted into a run ──► merged with others into one
 *        └────────► journal ──► log on disk, deleted when its changes are in a run
 *   find ──► tables and runs, newest word first
 *
 * Each change has a number; a frozen table and a log end with one, so that it is known which logs a new run replaces.
 */
import { createBlinding } from "./blinding.ts";
import { piecesOf, takeRows } from "./entries.ts";
import { closed } from "./faults.ts";
import { newId, openShelf, type Shelf } from "./holdings.ts";
import { openJournal } from "./journal.ts";
import { replayLog, type Log } from "./log.ts";
import { lookUp } from "./lookup.ts";
import { createMemory, type Memory } from "./memory.ts";
import { KEY } from "./rows.ts";
import type { Table } from "./table.ts";
import { MOST_SORTED } from "./sorting.ts";
import { createWorkThread, type WorkThread } from "./thread.ts";
import type { DigestKind, ExactIndex, ExactIndexOptions } from "./types.ts";
import { createUpkeep } from "./upkeep.ts";

const MIB = 1024 * 1024;
const MEMORY = 64 * MIB;
/** What a row takes while it waits: in two tables (41 bytes each), and sorted (12). */
const BYTES_A_ROW = 2 * 41 + 12;
/** Fewer would make more runs than they are worth. */
const LEAST_ROWS = 1024;
/** Pages of a log before another begins: 64 MiB, when changes come one by one and each takes a page. */
const LOG_PAGES = 16_384;
/** Look-ups of a batch under way at once: enough for a disk's queue. Each holds a page for every run. */
const AT_ONCE = 128;

/**
 * Opens the index of a folder; an empty folder is an empty index, so compare `rows` with what should be there. Errors:
 * `hashing/index-damaged`, `hashing/index-version`, `hashing/index-key`.
 */
export async function openExactIndex(options: ExactIndexOptions): Promise<ExactIndex> {
  const { folder, key: secret } = options;
  const blind = createBlinding(secret);
  const capacity = capacityOf(options.memory ?? MEMORY);
  const shelf = await openShelf(folder, secret);
  const sorter = createWorkThread(folder, secret);
  const merger = createWorkThread(folder, secret);
  const upkeep = createUpkeep({ folder, shelf, sorter, merger });
  let isClosed = false;

  // What fails in the background stays as it was and readable; damage shows to the look-up that meets it.
  const tidy = () => void upkeep.tidy().catch(() => undefined);
  const memory = createMemory(capacity, flushInto(shelf, sorter, tidy));
  const release = async () => {
    await Promise.all([sorter.stop(), merger.stop()]);
    await Promise.allSettled([memory.flushed(), upkeep.idle()]);
    await shelf.close();
  };
  const begin = async () => {
    await replayLogs(folder, secret, shelf, memory);
    return openJournal({ folder, secret, shelf, ...turning(memory) });
  };
  const journal = await begin().catch(async (error: unknown) => {
    await release();
    throw error;
  });
  tidy();

  const mustBeOpen = () => {
    if (isClosed) throw closed();
  };
  const change = (kind: DigestKind, digest: Uint8Array, record: Uint8Array, removed: number) => {
    mustBeOpen();
    let written = Promise.resolve();
    takeRows(blind, [{ kind, digest, record }], (row) => {
      written = journal.push(row, removed, memory.put(row, removed));
    });
    return written;
  };
  const layers = () => ({ tables: memory.tables, runs: shelf.now.runs.toReversed() });
  /** Makes runs of everything that was changed so far. */
  const settle = async () => {
    await journal.turn();
    await memory.flushed();
  };

  return {
    get rows() {
      const inTables = memory.tables.reduce((sum, { rows }) => sum + rows.count, 0);
      return shelf.now.runs.reduce((sum, { rows }) => sum + rows, inTables);
    },
    add: async (kind, digest, record) => change(kind, digest, record, 0),
    remove: async (kind, digest, record) => change(kind, digest, record, 1),
    async find(kind, digest) {
      mustBeOpen();
      return lookUp(layers(), blind([{ kind, digest }]), 0);
    },
    async findBatch(queries) {
      mustBeOpen();
      const digests = blind(queries);
      const found: Uint8Array[][] = [];
      for (let from = 0; from < queries.length; from += AT_ONCE) {
        const now = layers();
        const some = queries.slice(from, from + AT_ONCE);
        found.push(...(await Promise.all(some.map((_, at) => lookUp(now, digests, (from + at) * KEY)))));
      }
      return found;
    },
    async build(batches) {
      mustBeOpen();
      await upkeep.rebuild(settle, piecesOf(blind, batches, capacity));
    },
    async compact() {
      mustBeOpen();
      await settle();
      await upkeep.compact();
    },
    async verify() {
      mustBeOpen();
      await Promise.all(shelf.now.runs.map((run) => run.verify()));
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await journal.close();
      await release();
    },
  };
}

/** Rows of a table. */
function capacityOf(bytes: number): number {
  return Math.min(MOST_SORTED / 2, Math.max(LEAST_ROWS, Math.floor(bytes / BYTES_A_ROW)));
}

/** Makes a table a run. The logs that said nothing newer are then not needed any more. */
function flushInto(shelf: Shelf, sorter: WorkThread, then: () => void) {
  return async (table: Table, end: number): Promise<void> => {
    const id = newId();
    const rows = await sorter.run({ does: "sort", into: id, rows: table.rows });
    const run = await shelf.open({ id, rows });
    await shelf.change(({ runs, logs }) => ({
      runs: [...runs, run],
      logs: logs.filter((log) => (log.end ?? Infinity) > end),
    }));
    then();
  };
}

/** Puts what the logs say into memory, and on its way into a run, so that they are needed no more. */
async function replayLogs(folder: string, secret: Uint8Array, shelf: Shelf, memory: Memory): Promise<void> {
  for (const log of shelf.now.logs) {
    let end = 0;
    await replayLog(folder, secret, log, (row, removed) => {
      end = memory.put(row, removed);
    });
    log.end = end;
  }
  await shelf.change(({ logs }) => ({ logs: logs.filter(({ end }) => end !== 0) }));
  memory.freeze();
}

/** When the journal begins another log: with another table, or when many small changes have made this one long. */
function turning(memory: Memory) {
  let table = memory.tables[0];
  return {
    room: memory.room,
    full: (log: Log) => log.pages >= LOG_PAGES || memory.tables[0] !== table,
    rolling() {
      if (memory.tables[0] === table) memory.freeze();
      table = memory.tables[0];
    },
  };
}
