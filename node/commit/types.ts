/** The one write path, as the rooms see it. */
import type { NewEntry } from "../ledger/index.ts";
import type { Collection, Key, Reader } from "../store/index.ts";

/** Something changed; who may know asks for it. Carries no content. */
export interface Announcement {
  readonly topic: string;
  readonly id: string;
}

/**
 * One unit of work: all of it happens, or nothing. Its reads see what it wrote and what the units before it wrote.
 * Everything slow or of the outside world is done before or after it, never inside: the next unit waits.
 */
export interface Unit extends Reader {
  /** When it began, milliseconds. */
  readonly now: number;
  put<T>(collection: Collection<T>, key: Key, value: T): void;
  /** Puts a record where the caller knows that none is, on disk or on its way: half the work. A record that is there would stay listed as it was. */
  add<T>(collection: Collection<T>, key: Key, value: T): void;
  /** Deleting what is not there does nothing. */
  delete<T>(collection: Collection<T>, key: Key): void;
  /** Adds an entry to the ledger, in the same batch. */
  record(entry: NewEntry): void;
  /** Told to listeners once the unit is on disk. */
  announce(event: Announcement): void;
  /** Runs inside this unit, after its work; for what needs reading before it can write. */
  beforeCommit(work: () => Promise<void>): void;
  /** Runs once the unit is on disk; not at all when it fails. What it throws is logged and changes nothing. */
  afterCommit(then: () => void): void;
}

export interface Commit extends Reader {
  /**
   * Runs `work` after the units before it, and resolves with its result once everything it wrote and read is on disk.
   * What `work` throws rejects, and leaves nothing behind.
   * @throws `commit/nested` inside another unit's work; `commit/stopped` after a batch failed or after `close`
   */
  run<T>(work: (unit: Unit) => Promise<T> | T): Promise<T>;
  /** Calls `listener` with what units announced, in order, once they are on disk. Returns how to stop. */
  onAnnounce(listener: (events: readonly Announcement[]) => void): () => void;
}
