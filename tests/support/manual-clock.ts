/** A clock that stands until a test moves it. */
import type { Clock } from "@wardline/node/telemetry";

export interface ManualClock extends Clock {
  /** Moves on by so many milliseconds; what falls due on the way runs at its own time, in order. */
  advance(milliseconds: number): void;
  /** When the next timer is due. */
  next(): number | undefined;
}

interface Timer {
  readonly at: number;
  readonly then: () => void;
}

export function manualClock(start = Date.UTC(2030, 0, 1)): ManualClock {
  let now = start;
  const timers = new Set<Timer>();
  const first = () => [...timers].sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    after(milliseconds, then) {
      const timer = { at: now + milliseconds, then };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(milliseconds) {
      const until = now + milliseconds;
      for (let timer = first(); timer && timer.at <= until; timer = first()) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.then();
      }
      now = until;
    },
    next: () => first()?.at,
  };
}
