/** How long to wait before the next attempt. */
import type { Random } from "@wardline/protocol/encoding";
import type { JobsSettings } from "../configuration/index.ts";

/** Milliseconds after this many failures: doubled each time, bounded, and shortened by a random part. */
export function waitAfter(
  failures: number,
  { retryFirst, retryMost, jitter }: Pick<JobsSettings, "retryFirst" | "retryMost" | "jitter">,
  random: Random,
): number {
  const full = Math.min(retryMost, retryFirst * 2 ** Math.min(failures - 1, 50));
  const [drawn = 0] = random(1);
  return Math.round(full * (1 - (jitter * drawn) / 256));
}
