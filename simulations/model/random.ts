/** Numbers that repeat, quick enough for millions of draws: mulberry32 over a hash of the seed. */
import { createHash } from "node:crypto";

export interface Draw {
  /** From 0 to below 1. */
  fraction(): number;
  /** Whole, below `limit`. */
  below(limit: number): number;
  /** With this mean, as waits between independent events are. */
  exponential(mean: number): number;
}

export function createDraw(seed: string): Draw {
  let state = createHash("sha256").update(`model ${seed}`).digest().readUInt32BE();
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    below: (limit) => Math.floor(fraction() * limit),
    exponential: (mean) => -mean * Math.log(1 - fraction()),
  };
}
