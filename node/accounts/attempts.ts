/**
 * Slows down guessing. After a few free failures each further one doubles a wait, per sign-in name and per address.
 * Kept in memory only: addresses of people are not stored, and a restart costs an attacker more than it gives.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Clock } from "../telemetry/index.ts";

export interface AttemptSettings {
  /** Failures before the first wait. */
  readonly free: number;
  /** Milliseconds: the first wait, the longest one, and how long a failure is remembered. */
  readonly firstWait: number;
  readonly longestWait: number;
  readonly memory: number;
}

export interface Attempts {
  /** Counts one attempt as failed before it is judged, so that guesses made at once do not slip through together.
   *  @throws `accounts/too-many-attempts` */
  begin(keys: readonly AttemptKey[]): void;
  /** It was right after all: what was counted against these keys is forgotten. */
  succeeded(keys: readonly AttemptKey[]): void;
}

export interface AttemptKey {
  readonly key: string;
  /** An office behind one address has many people: such a key gets more free failures. */
  readonly shared?: boolean;
}

interface Failures {
  count: number;
  last: number;
}

const sharedFactor = 10;
/** Bounds the memory that invented names can take. */
const mostRemembered = 10_000;

export function createAttempts(settings: AttemptSettings, clock: Clock): Attempts {
  const remembered = new Map<string, Failures>();

  function failuresOf(key: string): Failures | undefined {
    const failures = remembered.get(key);
    return failures && clock.now() - failures.last < settings.memory ? failures : undefined;
  }

  function waitLeft({ key, shared }: AttemptKey): number {
    const failures = failuresOf(key);
    const beyond = (failures?.count ?? 0) - settings.free * (shared ? sharedFactor : 1);
    if (!failures || beyond < 0) return 0;
    const wait = Math.min(settings.longestWait, settings.firstWait * 2 ** Math.min(beyond, 30));
    return failures.last + wait - clock.now();
  }

  function count(key: string): void {
    const failures = failuresOf(key) ?? { count: 0, last: 0 };
    remembered.delete(key); // to the end: the map's order is the order of forgetting
    remembered.set(key, { count: failures.count + 1, last: clock.now() });
    if (remembered.size <= mostRemembered) return;
    const [oldest] = remembered.keys();
    if (oldest !== undefined) remembered.delete(oldest);
  }

  return {
    begin(keys) {
      const left = Math.max(...keys.map(waitLeft));
      if (left > 0) {
        const seconds = Math.ceil(left / 1000);
        throw new WardlineError("accounts/too-many-attempts", "Too many attempts to sign in have failed.", {
          advice: `Wait ${seconds} second${seconds === 1 ? "" : "s"}, then try again. If it was not you, tell your administrator.`,
          details: { retryAfter: seconds },
        });
      }
      for (const { key } of keys) count(key);
    },
    succeeded(keys) {
      for (const { key, shared } of keys) {
        const failures = shared ? failuresOf(key) : undefined;
        // One good sign-in clears a person's own count, but only takes itself off an address: else a guesser resets it at will.
        if (failures && failures.count > 1) remembered.set(key, { ...failures, count: failures.count - 1 });
        else remembered.delete(key);
      }
    },
  };
}
