/** How jobs lie in the store, and how they change. */
import { defineCollection } from "../store/index.ts";
import type { JobView } from "./types.ts";

export interface StoredJob {
  readonly kind: string;
  readonly id: string;
  /** Drawn when it was scheduled: tells it from a job that was scheduled under its id after it was cancelled. */
  readonly token: string;
  /** When it is due, milliseconds; of a job that was given up: since when. */
  readonly at: number;
  readonly payload: unknown;
  readonly failures: number;
  /** Code of the last failure. */
  readonly code?: string;
  readonly givenUp?: true;
  /** Scheduled anew while it ran: what follows when it completes. */
  readonly again?: Pick<StoredJob, "token" | "at" | "payload">;
}

export const jobs = defineCollection<StoredJob>("jobs", {
  indexes: { due: ({ kind, at, givenUp }) => (givenUp ? [] : [[kind, at]]) },
});

/** The job once it was scheduled (again): see `Jobs.schedule`. */
export function scheduled(
  before: StoredJob | undefined,
  job: Pick<StoredJob, "kind" | "id" | "token" | "at" | "payload">,
  running: boolean,
): StoredJob {
  if (!before || before.givenUp) return { ...job, failures: 0 };
  const { token, at, payload } = job;
  return running ? { ...before, again: { token, at, payload } } : { ...before, at: Math.min(before.at, at) };
}

/** The job that follows one which was scheduled anew while it ran. */
export function following({ kind, id, again }: StoredJob): StoredJob | undefined {
  return again && { kind, id, failures: 0, ...again };
}

export function viewOf({ kind, id, at, failures, code, givenUp }: StoredJob): JobView {
  const state = givenUp ? "given-up" : "waiting";
  return { kind, id, state, at, failures, ...(code === undefined ? {} : { code }) };
}
