import type { Clock } from "../telemetry/index.ts";

/** A pause to take before each fetch, which keeps their starts `delay` milliseconds apart. */
export function pauses(delay: number, clock: Clock): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = clock.now();
    const wait = next - now;
    next = Math.max(now, next) + delay;
    if (wait > 0) await new Promise<void>((resolve) => clock.after(wait, resolve));
  };
}
