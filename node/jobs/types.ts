/** Durable work, as the rooms see it. */
import type { Unit } from "../commit/index.ts";
import type { Reader } from "../store/index.ts";

/** Runs in the unit that also removes the job: both happen, or neither. */
export type Completion = (unit: Unit) => Promise<void> | void;

export interface JobRun {
  /** Aborted when the job is cancelled or the node stops. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
}

/**
 * Does the work outside any unit, and returns what to write. It may run again after a crash or an error, so whatever it
 * does in the world must bear that; what the completion writes happens once. Throwing means: try again later.
 */
export type JobHandler<T> = (payload: T, run: JobRun) => Promise<Completion | void>;

export interface JobOptions<T> {
  /** How many jobs of this kind run at a time. Default: `jobs.perKind`. */
  readonly together?: number;
  /** Attempts before it is given up. Default: `jobs.attempts`. */
  readonly attempts?: number;
  /** Runs in the unit that marks the job as given up. */
  readonly gaveUp?: (unit: Unit, payload: T, error: unknown) => Promise<void> | void;
}

export interface NewJob {
  readonly kind: string;
  /** Jobs of one kind and id are one job. Default: a new random id. Stands on disk in clear: no name, host or hash. */
  readonly id?: string;
  /** Not before this time, milliseconds. Default: now. */
  readonly at?: number;
  /** CBOR-encodable. */
  readonly payload: unknown;
}

/** A job as the interface lists it. */
export interface JobView {
  readonly kind: string;
  readonly id: string;
  readonly state: "waiting" | "given-up";
  /** When it is due, or was given up. */
  readonly at: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Code of the last failure. */
  readonly code?: string;
}

export interface Jobs {
  /** Says who does jobs of this kind. Before `start`; jobs of a kind that nobody does stay where they are. */
  register<T>(kind: string, handler: JobHandler<T>, options?: JobOptions<T>): void;
  /**
   * Makes a job part of the unit. When a job of this kind and id exists already: waiting, it takes the earlier of the
   * two times and keeps its payload; running, it runs once more afterwards, with the new payload; given up, it
   * begins anew with the new payload. Inside its own completion it is simply scheduled again.
   */
  schedule(unit: Unit, job: NewJob): void;
  /** Removes the job; when it is running its signal is aborted, and its completion does not happen. */
  cancel(unit: Unit, kind: string, id: string): void;
  /** Starts doing what is due. */
  start(): void;
  /** Aborts what runs and waits for it. Everything not completed runs again after the next start. */
  stop(): Promise<void>;
  list(reader: Reader): AsyncIterable<JobView>;
}
