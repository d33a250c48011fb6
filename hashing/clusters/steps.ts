/** Long work in steps: one thing after another, with room between for whatever else the thread has to do. */
import { setImmediate } from "node:timers/promises";
import type { StepOptions } from "./types.ts";

/** Milliseconds of a step: short beside what a person notices, long beside the price of a pause. */
const STEP = 8;

/**
 * Does `work` for each of `things`, then `rest` until it says that nothing is left. `between` is called between steps.
 * Stops between two things when the signal says so.
 */
export async function inSteps<T>(
  things: readonly T[],
  work: (thing: T) => void,
  rest: () => boolean,
  between: () => void,
  { signal, progress }: StepOptions,
): Promise<void> {
  let done = 0;
  let began = performance.now();
  const pause = async () => {
    if (performance.now() - began < STEP) return;
    progress?.(done);
    between();
    await setImmediate();
    began = performance.now();
  };
  for (const thing of things) {
    signal?.throwIfAborted();
    work(thing);
    while (rest()) await pause();
    done++;
    await pause();
  }
  progress?.(done);
}
