/** Politeness: looks at one host are spaced, however many of its URLs are watched and whoever wants to look. */
import type { Clock } from "../telemetry/index.ts";

export interface Pace {
  /**
   * Takes a place in the line of each of these addresses' hosts, one look each, and gives how many milliseconds are left
   * until it is its turn; 0: now. Who must wait comes back by itself, and need not ask again.
   */
  reserve(urls: readonly string[]): number;
  /** Waits until the host may be asked again. Rejects with the signal's reason. */
  turn(url: string, signal: AbortSignal): Promise<void>;
}

const hostOf = (url: string) => URL.parse(url)?.host ?? "";

/** Hosts whose line is empty are forgotten when so many are known. */
const FORGET_FROM = 10_000;

/** In memory alone: after a restart the lines form anew, and `turn` keeps the distance all the same. */
export function createPace(interval: number, clock: Clock): Pace {
  const ends = new Map<string, number>();
  const next = new Map<string, number>();
  const forget = (times: Map<string, number>) => {
    if (times.size < FORGET_FROM) return;
    for (const [host, at] of times) if (at <= clock.now()) times.delete(host);
  };
  return {
    reserve(urls) {
      forget(ends);
      const now = clock.now();
      const counts = new Map<string, number>();
      for (const host of urls.map(hostOf)) counts.set(host, (counts.get(host) ?? 0) + 1);
      const start = Math.max(now, ...[...counts.keys()].map((host) => ends.get(host) ?? 0));
      for (const [host, count] of counts) ends.set(host, start + count * interval);
      return start - now;
    },
    async turn(url, signal) {
      forget(next);
      const host = hostOf(url);
      const now = clock.now();
      const at = Math.max(now, next.get(host) ?? 0);
      next.set(host, at + interval);
      if (at > now) await pause(at - now, clock, signal);
    },
  };
}

function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
