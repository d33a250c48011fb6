/** Real time that a test can put forward: what falls due in the leap runs at once, as after a machine's long sleep. */
import { systemClock, type Clock } from "@wardline/node/telemetry";

export interface LeapingClock extends Clock {
  /** Moves on by so many milliseconds. */
  leap(milliseconds: number): void;
}

export function leapingClock(): LeapingClock {
  let offset = 0;
  const now = () => Date.now() + offset;
  const timers = new Map<object, { readonly at: number; readonly act: () => void; cancel: () => void }>();

  function arm(key: object, at: number, act: () => void): void {
    const cancel = systemClock.after(Math.max(0, at - now()), () => {
      timers.delete(key);
      act();
    });
    timers.set(key, { at, act, cancel });
  }

  return {
    now,
    after(milliseconds, act) {
      const key = {};
      arm(key, now() + milliseconds, act);
      return () => {
        timers.get(key)?.cancel();
        timers.delete(key);
      };
    },
    leap(milliseconds) {
      offset += milliseconds;
      for (const [key, { at, act, cancel }] of [...timers]) {
        cancel();
        arm(key, at, act);
      }
    },
  };
}
