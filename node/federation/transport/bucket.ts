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
  /** Takes them in any case, for what has happened already: the milliseconds until the debt is paid. */
  spend(amount: number): number;
  /** Puts back what was taken for nothing. */
  giveBack(amount: number): void;
}

/** A full bucket. To `take` more than the burst waits for a full bucket, then empties it. */
export function createBucket(quota: Quota, clock: Clock): Bucket {
  let tokens = quota.burst;
  let filled = clock.now();

  function fill(): void {
    const now = clock.now();
    // A clock set back gives nothing, and takes nothing away.
    tokens = Math.min(quota.burst, tokens + (Math.max(0, now - filled) / 1000) * quota.perSecond);
    filled = now;
  }

  const timeFor = (missing: number) => Math.ceil((missing / quota.perSecond) * 1000);

  return {
    take(amount) {
      fill();
      const wanted = Math.min(amount, quota.burst);
      if (tokens < wanted) return timeFor(wanted - tokens);
      tokens -= wanted;
      return 0;
    },
    spend(amount) {
      fill();
      tokens -= amount;
      return tokens >= 0 ? 0 : timeFor(-tokens);
    },
    giveBack(amount) {
      tokens = Math.min(quota.burst, tokens + amount);
    },
  };
}

/** A bucket for each key; at most `most` at a time, all forgotten together, since anybody can make up keys. */
export function createBuckets(quota: Quota, clock: Clock, most: number): (key: string) => Bucket {
  const buckets = new Map<string, Bucket>();
  return (key) => {
    let bucket = buckets.get(key);
    if (bucket) return bucket;
    if (buckets.size >= most) buckets.clear();
    buckets.set(key, (bucket = createBucket(quota, clock)));
    return bucket;
  };
}
