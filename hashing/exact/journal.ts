/**
 * The journal: changes on their way to the disk. What comes while a write is under way goes into the next one, so that many
 * callers share one sync.
 */
import { HashingError } from "../errors.ts";
import { syncFolder } from "./files.ts";
import { newId, type LogPart, type Shelf } from "./holdings.ts";
import { createLog, type Log } from "./log.ts";
import { emptyRows, pushRow, withRoom, type Rows } from "./rows.ts";

export interface Journal {
  /** The promise is kept when the row is on the disk. */
  push(row: Uint32Array, removed: number, number: number): Promise<void>;
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
  let writing: Promise<void> | undefined;
  let log = await begin();

  async function begin(): Promise<Log & LogPart> {
    const next = await createLog(folder, secret, newId());
    await syncFolder(folder);
    await shelf.change(({ logs }) => ({ logs: [...logs, next] }));
    return next;
  }

  const roll = async (end: number) => {
    const before = log;
    before.end = end;
    rolling();
    log = await begin();
    await before.close();
  };

  const write = async ({ rows, end, done }: Batch) => {
    await room();
    await log.append(rows);
    if (full(log)) await roll(end);
    done.resolve();
  };

  const writeAll = async () => {
    // A microtask later, so that calls made together are together.
    await Promise.resolve();
    for (let batch = waiting; batch !== undefined; batch = waiting) {
      waiting = undefined;
      try {
        if (failure !== undefined) throw failure;
        await write(batch);
      } catch (error) {
        failure ??= error instanceof HashingError ? error : unwritten(error);
        batch.done.reject(failure);
      }
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
    async close() {
      await writing;
      await log.close();
    },
  };
}

/** Rows that a batch has room for at first. */
const SMALL = 16;

function unwritten(error: unknown): HashingError {
  return new HashingError(
    "hashing/index-write",
    `The exact index could not be written: ${error instanceof Error ? error.message : String(error)}.`,
    "Make room on the disk or repair it, then open the index again; what was acknowledged is there.",
  );
}
