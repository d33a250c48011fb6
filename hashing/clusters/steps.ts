/** Long work in steps: one thing after another, with room between for whatever else the thread has to do. */
import { setImmediate } from "node:timers/promises";
import type { StepOptions } from "./types.ts";

/** Milliseconds of a step: short beside what a person notices, long beside the price of a pause. */
const STEP = 8;

interface Steps<T> extends StepOptions {
  readonly work: (thing: T) => void;
  /** Goes on with what the work has caused; false when nothing is left of it. */
  readonly step?: () => boolean;
  /** Called between steps. */
  readonly tidy?: () => void;
}

/** Does the work for each of `things`. Stops between two when the signal says so. */
export async function inSteps<T>(
  things: Iterable<T>,
  { work, step, tidy, signal, progress }: Steps<T>,
): Promise<void> {
  let done = 0;
  let began = performance.now();
  const pause = async () => {
    progress?.(done);
    tidy?.();
    await setImmediate();
    began = performance.now();
  };
  const isLong = () => performance.now() - began >= STEP;
  for (const thing of things) {
    signal?.throwIfAborted();
    work(thing);
    while (step?.()) if (isLong()) await pause();
    done++;
    if (isLong()) await pause();
  }
  progress?.(done);
}
