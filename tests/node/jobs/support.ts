/** Jobs over a real commit, with a clock that the test moves. */
import { onTestFinished } from "vitest";
import { createJobs, type JobFault, type Jobs } from "@wardline/node/jobs";
import { defineCollection } from "@wardline/node/store";
import { manualClock, type ManualClock } from "../../support/manual-clock.ts";
import { seededRandom } from "../../support/seeded.ts";
import { openAt, type Opened } from "../commit/open.ts";
import { newFolder } from "../commit/support.ts";

export const settings = { perKind: 2, attempts: 4, retryFirst: 1000, retryMost: 3000, jitter: 0 };

/** What completions wrote: how often each thing was done. */
export const done = defineCollection<{ times: number }>("done");

export interface Bench extends Opened {
  readonly clock: ManualClock;
  readonly jobs: Jobs;
  readonly jobFaults: JobFault[];
  /** Runs the jobs of this kind; each call of the handler is in `calls`. */
  calls: string[];
}

/** One run of a node on a folder. `prepare` registers what it can do. */
export async function startOn(
  folder: string,
  clock: ManualClock,
  prepare: (bench: Bench) => void,
): Promise<Bench & { stop(): Promise<void> }> {
  const opened = await openAt(folder, clock);
  const jobFaults: JobFault[] = [];
  const parts = { commit: opened.commit, clock, random: seededRandom("jobs"), settings };
  const jobs = createJobs({ ...parts, onFault: (fault) => jobFaults.push(fault) });
  const bench: Bench = { ...opened, clock, jobs, jobFaults, calls: [] };
  prepare(bench);
  jobs.start();
  const stop = async () => {
    await jobs.stop();
    await opened.close();
  };
  onTestFinished(stop);
  return { ...bench, stop };
}

export async function start(prepare: (bench: Bench) => void) {
  const folder = await newFolder();
  return { folder, ...(await startOn(folder, manualClock(), prepare)) };
}

/** Waits until something is so; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
