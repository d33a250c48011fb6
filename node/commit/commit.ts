/**
 * Units run one after another. What a finished unit wrote joins the group that gathers; while one group is being synced,
 * the next units run and gather, so that many share the cost of one sync. A unit resolves when its group is on disk.
 *
 *     run → work in turn → gathering group → one synced batch (records, indexes, ledger, journal) → checkpoint → told
 *
 * A group that fails stops everything: later units have read what it wrote.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import type { LedgerAppender } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";
import type { Clock } from "../telemetry/index.ts";
import { emptyGroup, isEmpty, join, type Group } from "./group.ts";
import type { Announcement, Commit, Unit } from "./types.ts";
import { beginUnit, type RunningUnit } from "./unit.ts";

export interface CommitParts {
  readonly store: Store;
  readonly ledger: LedgerAppender;
  readonly clock: Clock;
  /** Told once, when a batch could not be written: from then on nothing can be, and the node must stop. */
  readonly onFailure: (error: unknown) => void;
  /** Told what a listener or an `afterCommit` threw. */
  readonly onFault: (error: unknown) => void;
}

export interface ClosableCommit extends Commit {
  /** Waits for the units under way and refuses all others. Leaves the store open for reading. */
  close(): Promise<void>;
}

export function createCommit({ store, ledger, clock, onFailure, onFault }: CommitParts): ClosableCommit {
  const listeners = new Set<(events: readonly Announcement[]) => void>();
  const inside = new AsyncLocalStorage<RunningUnit>();
  let turn: Promise<unknown> = Promise.resolve();
  let gathering = emptyGroup();
  let writing: Group | undefined;
  let stopped: WardlineError | undefined;
  let closing = false;

  async function run<T>(work: (unit: Unit) => Promise<T> | T): Promise<T> {
    if (inside.getStore()?.running) throw nested();
    if (closing) throw closed();
    const performed = turn.then(() => perform(work));
    turn = performed;
    return told(performed);
  }

  /** One unit in its turn. Never rejects. What waits for the disk afterwards holds nothing of `work`. */
  async function perform<T>(work: (unit: Unit) => Promise<T> | T): Promise<Performed<T>> {
    if (stopped) return { outcome: rejected(stopped), onDisk: undefined };
    const below = writing ? [gathering.layer, writing.layer] : [gathering.layer];
    const running = beginUnit(store, below, clock.now());
    try {
      const result = await inside.run(running, async () => work(running.unit));
      await inside.run(running, running.finish);
      running.end();
      gather(running);
      return { outcome: resolved(result), onDisk: lastWritten() };
    } catch (error) {
      running.end();
      return { outcome: rejected(error), onDisk: lastWritten() };
    }
  }

  function gather(unit: RunningUnit): void {
    if (stopped) throw stopped;
    if (isEmpty(unit)) return;
    const first = isEmpty(gathering);
    join(gathering, unit);
    // In a turn of its own, so that units which are ready now share one batch.
    if (first && !writing) setImmediate(() => void writeGroups());
  }

  /** The last group that was written to, while it is not on disk. */
  function lastWritten(): Promise<void> | undefined {
    return isEmpty(gathering) ? writing?.onDisk.promise : gathering.onDisk.promise;
  }

  async function writeGroups(): Promise<void> {
    while (!isEmpty(gathering) && !stopped) {
      writing = gathering;
      gathering = emptyGroup();
      try {
        await write(writing);
      } catch (error) {
        return fail(error, writing);
      }
      const written = writing;
      writing = undefined;
      written.onDisk.resolve();
      tell(written);
    }
  }

  async function write({ layer, entries }: Group): Promise<void> {
    const append = entries.length > 0 ? ledger.append(entries, clock.now()) : undefined;
    const changes = [...layer.values(), ...(append?.operations ?? []).map(store.change)];
    if (changes.length > 0) await store.write(changes);
    await append?.applied();
  }

  function tell({ announcements, afterwards }: Group): void {
    for (const then of afterwards) guarded(then);
    if (announcements.length === 0) return;
    for (const listener of listeners) guarded(() => listener(announcements));
  }

  function guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      onFault(error);
    }
  }

  function fail(cause: unknown, failed: Group): void {
    const error = stoppedBy(cause);
    stopped = error;
    failed.onDisk.reject(error);
    gathering.onDisk.reject(error);
    onFailure(cause);
  }

  return {
    get: store.get,
    has: store.has,
    list: store.list,
    listed: store.listed,
    count: store.count,
    run,
    onAnnounce(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing = true;
      await turn;
      await lastWritten()?.catch(() => undefined);
    },
  };
}

function closed(): WardlineError {
  return new WardlineError("commit/stopped", "The node is stopping.", { advice: "Try again when it runs." });
}

interface Performed<T> {
  readonly outcome: () => T;
  readonly onDisk: Promise<void> | undefined;
}

/** An outcome that rests on what is not on disk yet must not be told, not even a refusal. */
async function told<T>(performed: Promise<Performed<T>>): Promise<T> {
  const { outcome, onDisk } = await performed;
  await onDisk;
  return outcome();
}

function resolved<T>(result: T): () => T {
  return () => result;
}

function rejected(error: unknown): () => never {
  return () => {
    throw error;
  };
}

function nested(): WardlineError {
  return new WardlineError("commit/nested", "A unit of work was begun inside another one.", {
    advice: "Write in the unit that runs, or begin the other one from `afterCommit`.",
  });
}

/** A ledger that refuses has a reason of its own, which people must see; everything else is the disk. */
function stoppedBy(cause: unknown): WardlineError {
  if (isWardlineError(cause, "ledger/")) return cause;
  return new WardlineError("commit/stopped", "The node could not write to its data folder and has stopped.", {
    advice: "Look at free space and the disk, then start the node again: nothing that was confirmed is lost.",
    cause,
  });
}
