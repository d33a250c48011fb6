/**
 * Politeness: a host, which may also serve others, is asked by few connections at a time, and not again at once. One pace is
 * shared by all captures of a node.
 */
import type { Clock } from "../telemetry/index.ts";

export interface Pace {
  /** Waits for a turn at this host; call what it answers when the fetch has ended. Rejects with the signal's reason. */
  turn(host: string, how: { delay: number; together: number }, signal: AbortSignal): Promise<() => void>;
}

interface Host {
  /** Fetches that run. */
  active: number;
  /** When the next may start. */
  next: number;
  line: (() => void)[];
}

export function createPace(clock: Clock): Pace {
  const hosts = new Map<string, Host>();

  function forget(name: string, host: Host): void {
    if (host.active === 0 && host.line.length === 0 && host.next <= clock.now()) hosts.delete(name);
  }

  return {
    async turn(name, { delay, together }, signal) {
      if (hosts.size > 1000) for (const [other, host] of hosts) forget(other, host);
      const host = hosts.get(name) ?? { active: 0, next: 0, line: [] };
      hosts.set(name, host);
      while (host.active >= together) {
        await until(signal, (resolve) => {
          host.line.push(resolve);
          return () => {
            host.line = host.line.filter((one) => one !== resolve);
            host.line[0]?.(); // it may have been this one's turn already
          };
        });
      }
      host.active += 1;
      const giveBack = () => {
        host.active -= 1;
        host.line.shift()?.();
      };
      const now = clock.now();
      const wait = host.next - now;
      host.next = Math.max(now, host.next) + delay;
      try {
        signal.throwIfAborted();
        if (wait > 0) await until(signal, (resolve) => clock.after(wait, resolve));
      } catch (error) {
        giveBack();
        throw error;
      }
      return giveBack;
    },
  };
}

/** Waits for what `begin` starts; `begin` answers how to give it up. */
async function until(signal: AbortSignal, begin: (resolve: () => void) => () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const giveUp = begin(resolve);
  signal.addEventListener("abort", resolve as () => void, { once: true });
  await promise;
  signal.removeEventListener("abort", resolve as () => void);
  if (signal.aborted) giveUp();
  signal.throwIfAborted();
}
