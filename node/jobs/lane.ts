/**
 * All jobs of one kind: finds those that are due in the store and runs a bounded number at a time. What runs is known in
 * memory only; after a crash it simply is due again.
 */
import type { Clock } from "../telemetry/index.ts";
import { jobs, type StoredJob } from "./record.ts";
import { startRun, type Run, type RunParts } from "./run.ts";
import type { JobHandler, JobOptions } from "./types.ts";

export interface LaneParts extends RunParts {
  readonly clock: Clock;
}

export interface Lane {
  /** Does what is due, now and from now on. */
  start(): void;
  stop(): Promise<void>;
  /** Something may be due at this time. */
  wake(at: number): void;
  /** Whether this very job runs and has not come to its outcome. */
  isRunning(job: StoredJob): boolean;
  /** Stops a running job; what it would have written is dropped. */
  abort(id: string): void;
}

export function createLane<T>(
  kind: string,
  handler: JobHandler<T>,
  options: JobOptions<T>,
  parts: LaneParts,
): Lane {
  const { commit, clock, settings, onFault } = parts;
  const together = options.together ?? settings.perKind;
  const running = new Map<string, Run>();
  let active = false;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let timer: { at: number; cancel: () => void } | undefined;

  /** Looks for due jobs; one look at a time, and one more when something happened during it. */
  function look(): void {
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain && active) {
        lookAgain = false;
        await startDue();
      }
    })()
      .catch((error: unknown) => {
        onFault({ kind, job: "", error, givenUp: false });
        setTimer(clock.now() + settings.retryMost);
      })
      .finally(() => (looking = undefined));
  }

  async function startDue(): Promise<void> {
    if (running.size >= together) return; // whichever ends first looks again
    // Those that run are still listed as due, so as many more are asked for.
    const list = commit.list(jobs, { index: "due", prefix: [kind], limit: together + running.size });
    for await (const { value: job } of list) {
      if (!active || running.size >= together) return;
      if (running.has(job.id)) continue;
      if (job.at > clock.now()) return setTimer(job.at);
      begin(job);
    }
  }

  function begin(job: StoredJob): void {
    const run = startRun(job, handler, options, parts);
    running.set(job.id, run);
    void run.done.then((canWrite) => {
      running.delete(job.id);
      // When nothing can be written the node stops; doing the same work again and again would not help.
      active &&= canWrite;
      if (active) look();
    });
  }

  function setTimer(at: number): void {
    if (timer && timer.at <= at) return;
    timer?.cancel();
    const due = () => {
      timer = undefined;
      look();
    };
    timer = { at, cancel: clock.after(Math.max(0, at - clock.now()), due) };
  }

  return {
    start() {
      active = true;
      look();
    },
    async stop() {
      active = false;
      timer?.cancel();
      timer = undefined;
      for (const run of running.values()) run.abort();
      await looking;
      await Promise.all([...running.values()].map(({ done }) => done));
    },
    wake(at) {
      if (!active) return;
      if (at > clock.now()) setTimer(at);
      else look();
    },
    isRunning({ id, token }) {
      const run = running.get(id);
      return run?.token === token && !run.settled;
    },
    abort: (id) => running.get(id)?.abort(),
  };
}
