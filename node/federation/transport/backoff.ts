/** Waits that double and are never the same for two nodes, so that a federation does not come back all at once. */
import type { Random } from "@wardline/protocol/encoding";

/** Milliseconds before attempt `attempt` (0 is at once): `first`, doubled each time up to `most`, of which half is random. */
export function backOff(attempt: number, first: number, most: number, random: Random): number {
  if (attempt === 0) return 0;
  const whole = Math.min(most, first * 2 ** Math.min(attempt - 1, 30));
  const [a, b] = random(2) as unknown as [number, number];
  return Math.round(whole / 2 + (whole / 2) * ((a * 256 + b) / 65_536));
}
