/**
 * Export for a court: what was captured, how, what became of it and who handled it, in one file that only the receiver can
 * open and anybody can check without this software. Two people agree to each; every one is in the ledger.
 *
 * requests.ts (ask, approve, refuse) -> package.ts (documents, custody log, manifest) -> tar.ts -> encrypt.ts (age)
 * verify.mjs goes along and runs at the receiver: it imports nothing.
 */
export { exportRoutes } from "./routes.ts";
