/** Ledger: what happened, in a log that only grows. */
export type { LedgerAppender, NewEntry, PreparedAppend } from "./appender.ts";
