/** Token buckets: a peer may burst, but not for long. */
import type { Clock } from "../../telemetry/index.ts";

export interface Quota {
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Tokens that can be saved up. */
  readonly burst: number;
}

export interface Bucket {
  /** Takes `amount` tokens: 0 when they were there, else the milliseconds until they will be (nothing is taken). */
  take(amount: number): number;
}

/** A full bucket. An amount larger than the burst waits for a full bucket, then empties it. */
export function createBucket(quota: Quota, clock: Clock): Bucket {
  let tokens = quota.burst;
  let filled = clock.now();
  return {
    take(amount) {
      const now = clock.now();
      // A clock set back gives nothing, and takes nothing away.
      tokens = Math.min(quota.burst, tokens + (Math.max(0, now - filled) / 1000) * quota.perSecond);
      filled = now;
      const wanted = Math.min(amount, quota.burst);
      if (tokens >= wanted) {
        tokens -= wanted;
        return 0;
      }
      return Math.ceil(((wanted - tokens) / quota.perSecond) * 1000);
    },
  };
}
