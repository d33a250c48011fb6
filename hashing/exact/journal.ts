/**
 * The journal: changes on their way to the disk. What comes while a write is under way goes into the next one, so that many
 * callers share one sync.
 */
import type { HashingError } from "../errors.ts";
import { unwritten } from "./faults.ts";
import { syncFolder } from "../files.ts";
import { newId, type LogPart, type Shelf } from "./holdings.ts";
import { createLog, type Log } from "./log.ts";
import { emptyRows, pushRow, withRoom, type Rows } from "./rows.ts";

export interface Journal {
  /** The promise is kept when the row is on the disk. */
  push(row: Uint32Array, removed: number, number: number): Promise<void>;
  /** Begins another log, at a moment when all changes so far are in the one before. */
  turn(): Promise<void>;
  /** After the writes under way. */
  close(): Promise<void>;
}

interface Batch {
  rows: Rows;
  /** The number of its last change. */
  end: number;
  readonly done: PromiseWithResolvers<void>;
}

export interface JournalOptions {
  readonly folder: string;
  readonly secret: Uint8Array;
  readonly shelf: Shelf;
  /** Waits until memory has room. */
  readonly room: () => Promise<void>;
  /** Whether another log should begin, so that this one can be deleted when its changes have become a run. */
  readonly full: (log: Log) => boolean;
  /** Called before another log begins. */
  readonly rolling: () => void;
}

/** Begins a new log. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, secret, shelf, room, full, rolling } = options;
  let failure: HashingError | undefined;
  let waiting: Batch | undefined;
  let turning: PromiseWithResolvers<void> | undefined;
  let writing: Promise<void> | undefined;
  /** The number of the last change that is on the disk. */
  let written = 0;
  let log = await begin();

  async function begin(): Promise<Log & LogPart> {
    const next = await createLog(folder, secret, newId());
    await syncFolder(folder);
    await shelf.change(({ logs }) => ({ logs: [...logs, next] }));
    return next;
  }

  const roll = async () => {
    const before = log;
    before.end = written;
    rolling();
    log = await begin();
    await before.close();
  };

  const write = async ({ rows, end }: Batch) => {
    await room();
    await log.append(rows);
    written = end;
    if (full(log)) await roll();
  };

  /** Does what is asked for, and settles the promise of who asked. After a failure nothing is tried any more. */
  const attempt = async (work: () => Promise<void>, done: PromiseWithResolvers<void>) => {
    try {
      if (failure !== undefined) throw failure;
      await work();
      done.resolve();
    } catch (error) {
      failure ??= unwritten(error);
      done.reject(failure);
    }
  };

  const writeAll = async () => {
    // A microtask later, so that calls made together are together.
    await Promise.resolve();
    for (;;) {
      const batch = waiting;
      const turn = turning;
      waiting = undefined;
      if (batch !== undefined) await attempt(() => write(batch), batch.done);
      else if (turn !== undefined) {
        turning = undefined;
        await attempt(roll, turn);
      } else break;
    }
    writing = undefined;
  };

  return {
    push(row, removed, number) {
      if (failure !== undefined) throw failure;
      waiting ??= { rows: emptyRows(SMALL), end: 0, done: Promise.withResolvers<void>() };
      waiting.rows = withRoom(waiting.rows);
      pushRow(waiting.rows, row, removed);
      waiting.end = number;
      writing ??= writeAll();
      return waiting.done.promise;
    },
    turn() {
      turning ??= Promise.withResolvers<void>();
      writing ??= writeAll();
      return turning.promise;
    },
    async close() {
      await writing;
      await log.close();
    },
  };
}

/** Rows that a batch has room for at first. */
const SMALL = 16;
