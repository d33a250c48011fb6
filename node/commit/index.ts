/**
 * Commit: the one write path. A unit of work takes new state, ledger entries and jobs, and is durable before anybody
 * is told. Units run one after another and reach the disk in groups; a batch that fails stops the node.
 */
export { createCommit, type ClosableCommit, type CommitParts } from "./commit.ts";
export type { Announcement, Commit, Unit } from "./types.ts";
