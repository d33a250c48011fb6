/** Something that lives on the node: fetched, kept current by live events, with its error beside the last good state. */
import { onLive, type LiveEvent } from "./live.ts";

export interface Resource<T> {
  readonly value: T | undefined;
  readonly problem: unknown;
  /** When it was last fetched, milliseconds. */
  readonly at: number;
  refresh(): Promise<void>;
}

/** Live events come in bursts; one fetch answers them all. */
const settleTime = 150;

/**
 * Call while a component is set up. `fetch` is asked at once, again when something reactive in it changes, and after
 * every event that concerns it.
 */
export function resource<T>(
  fetch: (signal: AbortSignal) => Promise<T>,
  concerns: (event: LiveEvent) => boolean,
): Resource<T> {
  let value = $state.raw<T>();
  let problem = $state.raw<unknown>();
  let at = $state(0);
  let under = new AbortController();

  async function refresh(): Promise<void> {
    under.abort();
    const mine = (under = new AbortController());
    try {
      const fresh = await fetch(mine.signal);
      if (mine.signal.aborted) return;
      value = fresh;
      problem = undefined;
      at = Date.now();
    } catch (error) {
      if (!mine.signal.aborted) problem = error;
    }
  }

  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    void refresh();
    const stop = onLive((event) => {
      if (!concerns(event)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void refresh(), settleTime);
    });
    return () => {
      stop();
      clearTimeout(timer);
      under.abort();
    };
  });

  return {
    get value() {
      return value;
    },
    get problem() {
      return problem;
    },
    get at() {
      return at;
    },
    refresh,
  };
}

/** An action of a person: busy while it runs, its refusal shown where it was asked for. */
export function action<A extends unknown[]>(run: (...given: A) => Promise<void>) {
  let busy = $state(false);
  let problem = $state.raw<unknown>();
  return {
    get busy() {
      return busy;
    },
    get problem() {
      return problem;
    },
    async run(...given: A): Promise<boolean> {
      if (busy) return false;
      busy = true;
      problem = undefined;
      try {
        await run(...given);
        return true;
      } catch (error) {
        problem = error;
        return false;
      } finally {
        busy = false;
      }
    },
  };
}
