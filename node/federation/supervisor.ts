/**
 * Keeps connections to all members: dials who is absent, with growing and uneven waits. Of two members the one with the
 * lower peer id dials; the other one only at its own start and when it has waited for long, so that they rarely cross.
 */
import type { Random } from "@wardline/protocol/encoding";
import type { Clock } from "../telemetry/index.ts";
import { backOff } from "./transport/backoff.ts";

export interface Target {
  readonly peer: string;
  readonly addresses: readonly string[];
}

export interface SupervisorServices {
  readonly peerId: string;
  /** Every peer that should be connected, as of now. */
  readonly targets: () => readonly Target[];
  readonly isConnected: (peer: string) => boolean;
  /** Connects and greets. Throws when that fails. */
  readonly reach: (target: Target, attempt: number) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly dialFirst: number;
  readonly dialMost: number;
  readonly dialPatience: number;
}

export interface Supervisor {
  /** Looks who is absent; call at start, and whenever targets or connections change. */
  look(): void;
  stop(): void;
}

interface Absence {
  attempts: number;
  /** The addresses that were tried: new ones are tried at once. */
  addresses: string;
  cancel: () => void;
}

export function createSupervisor(services: SupervisorServices): Supervisor {
  const { clock } = services;
  const absent = new Map<string, Absence>();
  const met = new Set<string>();
  let stopped = false;

  function look(): void {
    if (stopped) return;
    const targets = services.targets();
    const wanted = new Set(targets.map(({ peer }) => peer));
    for (const [peer, absence] of absent) {
      if (wanted.has(peer) && !services.isConnected(peer)) continue;
      absence.cancel();
      absent.delete(peer);
    }
    for (const target of targets) {
      if (services.isConnected(target.peer)) met.add(target.peer);
      else consider(target);
    }
  }

  function consider(target: Target): void {
    const addresses = target.addresses.join(" ");
    const known = absent.get(target.peer);
    if (known?.addresses === addresses) return;
    known?.cancel();
    const absence: Absence = { attempts: 0, addresses, cancel: () => undefined };
    absent.set(target.peer, absence);
    plan(target, absence, firstWait(target.peer));
  }

  function firstWait(peer: string): number {
    const ours = services.peerId < peer || !met.has(peer);
    return uneven(ours ? 50 : services.dialPatience);
  }

  function plan(target: Target, absence: Absence, wait: number): void {
    absence.cancel = clock.after(wait, () => void attempt(target, absence));
  }

  async function attempt(target: Target, absence: Absence): Promise<void> {
    absence.attempts++;
    met.add(target.peer);
    try {
      await services.reach(target, absence.attempts);
    } catch {
      // Tried again below, for ever.
    }
    if (stopped || absent.get(target.peer) !== absence) return;
    if (services.isConnected(target.peer)) {
      absent.delete(target.peer);
      return;
    }
    plan(target, absence, backOff(absence.attempts, services.dialFirst, services.dialMost, services.random));
  }

  const uneven = (wait: number) => backOff(1, wait, wait, services.random);

  return {
    look,
    stop() {
      stopped = true;
      for (const { cancel } of absent.values()) cancel();
      absent.clear();
    },
  };
}
