/**
 * What the one write path needs of the ledger.
 *
 * commit/ collects the entries that units of work recorded, asks for the operations that append them, puts those into
 * the same synced batch as everything else, and calls `applied` when that batch is on disk.
 */
import type { Operation } from "../store/index.ts";

/** One thing that happened, as a unit of work records it. */
export interface NewEntry {
  /** What happened, e.g. `report.filed`; a stable word, not a sentence. */
  readonly kind: string;
  /** What it is about, e.g. report and item ids; `ofSubject` and `verify` find the entry under each of them. */
  readonly subject: readonly string[];
  /** A member id, `person:<pseudonym>`, or `node`. */
  readonly actor: string;
  /** Whatever a later reader needs; must be CBOR-encodable (plain objects, arrays, strings, numbers, bytes, booleans, null). */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Entries made ready for one batch. */
export interface PreparedAppend {
  /** Index of the first of the new entries; the others follow in the order given. */
  readonly firstIndex: number;
  /** To be part of the batch; nothing of the ledger has changed until `applied` was called. */
  readonly operations: Operation[];
  /** Call once, after the batch is on disk and before anything is acknowledged: moves the head and writes the checkpoint file. */
  applied(): Promise<void>;
}

/** The ledger as commit/ sees it. */
export interface LedgerAppender {
  /**
   * Prepares `entries` (at least one) as the next leaves. One at a time: the previous append must be applied, or its
   * batch have failed (then call `append` again; the unapplied one is forgotten).
   * @throws `ledger/rolled-back` when the ledger is read-only.
   */
  append(entries: readonly NewEntry[], now: number): PreparedAppend;
}
