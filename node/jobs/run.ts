/** One job, done once: the handler outside any unit, then its outcome and the job's removal in one unit. */
import { isWardlineError, type Random } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "../commit/index.ts";
import type { JobsSettings } from "../configuration/index.ts";
import { waitAfter } from "./backoff.ts";
import { following, jobs, type StoredJob } from "./record.ts";
import type { JobHandler, JobOptions } from "./types.ts";

export interface RunParts {
  readonly commit: Commit;
  readonly random: Random;
  readonly settings: JobsSettings;
  /** Told of errors that are no refusals, and of jobs that were given up. */
  readonly onFault: (fault: JobFault) => void;
}

export interface JobFault {
  readonly kind: string;
  readonly job: string;
  readonly error: unknown;
  readonly givenUp: boolean;
}

export interface Run {
  readonly token: string;
  /** Its outcome is being written, or was: whoever schedules the job now means a new one. */
  readonly settled: boolean;
  abort(): void;
  /** Never rejects. False: nothing can be written any more. */
  readonly done: Promise<boolean>;
}

export function startRun<T>(
  job: StoredJob,
  handler: JobHandler<T>,
  options: JobOptions<T>,
  { commit, random, settings, onFault }: RunParts,
): Run {
  const { kind, id, token } = job;
  const payload = job.payload as T;
  const aborted = new AbortController();
  const { signal } = aborted;
  let settled = false;

  /** Writes the outcome, unless the job was cancelled meanwhile. */
  async function settle(write: (unit: Unit, now: StoredJob) => Promise<void> | void): Promise<void> {
    try {
      await commit.run(async (unit) => {
        const now = await unit.get(jobs, kind, id);
        if (now?.token !== token || signal.aborted) return;
        settled = true;
        await write(unit, now);
      });
    } catch (error) {
      settled = false;
      throw error;
    }
  }

  async function perform(): Promise<void> {
    const completion = await handler(payload, { signal, attempt: job.failures + 1 });
    await settle((unit, now) => {
      const next = following(now);
      if (next) unit.put(jobs, [kind, id], next);
      else unit.delete(jobs, [kind, id]);
      return completion?.(unit);
    });
  }

  async function failed(error: unknown): Promise<void> {
    const failures = job.failures + 1;
    const givenUp = failures >= (options.attempts ?? settings.attempts);
    if (givenUp || !isWardlineError(error)) onFault({ kind, job: id, error, givenUp });
    const code = isWardlineError(error) ? error.code : "internal";
    const outcome = { kind, id, token, payload, failures, code };
    if (!givenUp) {
      return settle((unit, now) => {
        const wait = waitAfter(failures, settings, random);
        unit.put(jobs, [kind, id], following(now) ?? { ...outcome, at: unit.now + wait });
      });
    }
    const giveUp = (after?: JobOptions<T>["gaveUp"]) =>
      settle((unit, now) => {
        const next = following(now);
        unit.put(jobs, [kind, id], next ?? { ...outcome, at: unit.now, givenUp: true });
        return next ? undefined : after?.(unit, payload, error);
      });
    await giveUp(options.gaveUp).catch((fault: unknown) => {
      onFault({ kind, job: id, error: fault, givenUp });
      return giveUp();
    });
  }

  async function run(): Promise<boolean> {
    try {
      await perform().catch((error: unknown) => (signal.aborted ? undefined : failed(error)));
      return true;
    } catch (error) {
      onFault({ kind, job: id, error, givenUp: false });
      return false;
    }
  }

  return {
    token,
    get settled() {
      return settled;
    },
    abort: () => aborted.abort(),
    done: run(),
  };
}
