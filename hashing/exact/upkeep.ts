/** Keeping runs few, and building them anew: long work, one piece at a time, beside look-ups and changes. */
import { newId, removeFiles, type Shelf } from "./holdings.ts";
import { runFile, type RunName } from "./runs.ts";
import type { Rows } from "./rows.ts";
import type { WorkThread } from "./thread.ts";

export interface Upkeep {
  /** Merges what the rule says; when nothing else is going on, in the background. */
  tidy(): Promise<void>;
  /** Merges all runs. */
  compact(): Promise<void>;
  /** Replaces the runs that there are once `before` is done by one of these rows; of equal rows the last counts. */
  rebuild(before: () => Promise<void>, pieces: AsyncIterable<Rows>): Promise<void>;
  /** When what was asked for so far is done, or has failed. */
  idle(): Promise<void>;
}

export interface UpkeepOptions {
  readonly folder: string;
  readonly shelf: Shelf;
  readonly sorter: WorkThread;
  readonly merger: WorkThread;
}

const nothing = () => undefined;

/** Names a new run. */
type Name = () => string;

/** Most runs of one merge: with a buffer of 64 KiB each, 16 MiB. */
const FAN_IN = 256;
/** A run is merged with the newer ones when they have together at least this part of its rows. */
const PART = 1 / 3;

export function createUpkeep({ folder, shelf, sorter, merger }: UpkeepOptions): Upkeep {
  let last: Promise<void> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.then(nothing, nothing);
    return result;
  };

  const merged = async (runs: readonly RunName[], forget: boolean, name: Name): Promise<RunName> => {
    const into = name();
    const names = runs.map(({ id, rows }) => ({ id, rows })).toReversed();
    return { id: into, rows: await merger.run({ does: "merge", into, runs: names, forget }) };
  };
  const mergeHeld = async (runs: readonly RunName[]) => {
    const result = await merged(runs, runs[0]?.id === shelf.now.runs[0]?.id, newId);
    const fresh = await openAny(result);
    await shelf.change((now) => {
      const at = now.runs.findIndex(({ id }) => id === runs[0]?.id);
      return { runs: now.runs.toSpliced(at, runs.length, ...fresh) };
    });
  };
  /** A run of no rows is left out: everything in it had been removed. */
  const openAny = async (run: RunName) => {
    if (run.rows > 0) return [await shelf.open(run)];
    await removeFiles(folder, [runFile(run.id)]);
    return [];
  };

  const sortAll = async (pieces: AsyncIterable<Rows>, name: Name): Promise<RunName[]> => {
    const sorted: Promise<RunName>[] = [];
    const sort = async (rows: Rows) => {
      const into = name();
      return { id: into, rows: await sorter.run({ does: "sort", into, rows }) };
    };
    try {
      for await (const rows of pieces) {
        sorted.push(sort(rows));
        // One is sorted while the next is filled.
        await sorted.at(-2);
      }
    } finally {
      await Promise.allSettled(sorted);
    }
    return Promise.all(sorted);
  };
  const mergeAll = async (runs: RunName[], name: Name): Promise<RunName> => {
    while (runs.length > 1) {
      const few = runs.splice(0, FAN_IN);
      runs.push(await merged(few, true, name));
      await removeFiles(
        folder,
        few.map(({ id }) => runFile(id)),
      );
    }
    return runs[0] ?? { id: name(), rows: 0 };
  };
  /** One run of all the pieces; when that fails nothing is left of it. */
  const built = async (pieces: AsyncIterable<Rows>) => {
    const names: string[] = [];
    const name = () => {
      const id = newId();
      names.push(id);
      return id;
    };
    try {
      return await openAny(await mergeAll(await sortAll(pieces, name), name));
    } catch (error) {
      await removeFiles(folder, names.map(runFile));
      throw error;
    }
  };

  return {
    idle: () => last,
    tidy: () =>
      alone(async () => {
        for (let runs = runsToMerge(shelf.now.runs); runs.length > 1; runs = runsToMerge(shelf.now.runs))
          await mergeHeld(runs);
      }),
    compact: () =>
      alone(async () => {
        if (shelf.now.runs.length > 0) await mergeHeld(shelf.now.runs);
      }),
    rebuild: (before, pieces) =>
      alone(async () => {
        await before();
        const old = shelf.now;
        const fresh = await built(pieces);
        // With the old runs go their logs, else the next opening would put what they say on top of the new ones.
        await shelf.change(({ runs, logs }) => ({
          runs: [...fresh, ...runs.filter((run) => !old.runs.includes(run))],
          logs: logs.filter((log) => log.end === undefined || !old.logs.includes(log)),
        }));
      }),
  };
}

/**
 * The newest runs that are worth merging: all from the oldest one whose newer ones are at least a third as large. Sizes
 * then fall by a factor of three from run to run, which makes at most a handful of runs to look into, and each row is
 * rewritten a few times for each tripling of the index.
 */
function runsToMerge<R extends RunName>(runs: readonly R[]): readonly R[] {
  let newer = 0;
  let from = runs.length - 1;
  for (let at = runs.length - 1; at >= 0; at--) {
    const rows = runs[at]?.rows ?? 0;
    if (newer >= rows * PART) from = at;
    newer += rows;
  }
  return runs.slice(from);
}
