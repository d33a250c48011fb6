/**
 * Ledger: what happened, append-only, as a Merkle tree over salted commitments with signed checkpoints; proofs,
 * verification in plain sentences, and erasing that keeps the proofs. Appended to by `commit/` alone.
 */
export { openLedger, type EntryProof, type ErasingUnit, type Ledger } from "./ledger.ts";
export { renewLedger } from "./renew.ts";
export { formerLogKeys, type FormerLogKey } from "./former-keys.ts";
export type { LedgerAppender, NewEntry, PreparedAppend } from "./appender.ts";
export type { LedgerEntry } from "./reading.ts";
export type { Check, Verification } from "./verify.ts";
