/** Something that lives on the node: fetched, kept current by live events, with its error beside the last good state. */
import { connectionTopic, onLive, type LiveEvent } from "./live.ts";

export interface Resource<T> {
  readonly value: T | undefined;
  readonly problem: unknown;
  /** When it was last fetched, milliseconds. */
  readonly at: number;
  /** Resolves once the newest state is here, also when another fetch overtook this one. */
  refresh(): Promise<void>;
}

/** Live events come in bursts; one fetch answers them all. */
const settleTime = 150;

/**
 * Call while a component is set up. `fetch` is asked at once, again when something reactive in it changes, after every
 * event that concerns it, and when the connection to the node was lost or is back.
 */
export function resource<T>(
  fetch: (signal: AbortSignal) => Promise<T>,
  concerns: (event: LiveEvent) => boolean,
): Resource<T> {
  let value = $state.raw<T>();
  let problem = $state.raw<unknown>();
  let at = $state(0);
  let under = new AbortController();
  let newest: Promise<void> = Promise.resolve();

  async function load(mine: AbortController): Promise<void> {
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

  async function refresh(): Promise<void> {
    under.abort();
    const mine = (under = new AbortController());
    const loading = (newest = load(mine));
    await loading;
    if (loading !== newest) await newest;
  }

  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    void refresh();
    const stop = onLive((event) => {
      if (event.topic !== connectionTopic && !concerns(event)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh();
      }, settleTime);
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
