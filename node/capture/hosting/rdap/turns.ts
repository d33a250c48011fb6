/** One query after the other at each server, and none while it has asked to be left alone. */
import type { Clock } from "../../../telemetry/index.ts";
import { failed, type Part } from "../outcome.ts";

export interface Turns {
  /** Waits for this server's turn; answers with a failure, until when, where that would take too long. */
  wait(server: string): Promise<Part<never> | undefined>;
  /** The server wants no queries before then. */
  rest(server: string, until: number): void;
}

export function createTurns(
  { interval, patience }: { interval: number; patience: number },
  clock: Clock,
): Turns {
  const next = new Map<string, number>();
  const resting = new Map<string, number>();
  return {
    async wait(server) {
      const now = clock.now();
      const until = resting.get(server) ?? 0;
      if (until > now) return failed("rate-limited", until);
      const turn = Math.max(now, next.get(server) ?? 0);
      if (turn - now > patience) return failed("busy", turn);
      next.set(server, turn + interval);
      if (turn > now) await new Promise<void>((resolve) => clock.after(turn - now, resolve));
      return undefined;
    },
    rest: (server, until) => void resting.set(server, until),
  };
}
