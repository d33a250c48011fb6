/** Whether each part of the node works, in one place for the operator. */

export const healthStates = ["working", "degraded", "stopped"] as const;
export type HealthState = (typeof healthStates)[number];

/** Parts without which a node runs on, but does less. */
export const healthParts = ["ledger", "sandbox"] as const;
export type HealthPart = (typeof healthParts)[number];

export interface PartHealth {
  readonly state: HealthState;
  /** A stable code that says why. */
  readonly code?: string;
  readonly since: number;
}

export interface Health {
  /** Says how a part is; repeating the same changes nothing. */
  report(part: HealthPart, state: HealthState, code?: string): void;
  /** The worst state of all parts, and each part that was heard of. */
  read(): { readonly state: HealthState; readonly parts: Readonly<Partial<Record<HealthPart, PartHealth>>> };
}

export function createHealth(now: () => number): Health {
  const parts = new Map<HealthPart, PartHealth>();
  return {
    report(part, state, code) {
      const before = parts.get(part);
      if (before?.state === state && before.code === code) return;
      parts.set(part, { state, ...(code === undefined ? {} : { code }), since: now() });
    },
    read() {
      const states = [...parts.values()].map(({ state }) => healthStates.indexOf(state));
      return { state: healthStates[Math.max(0, ...states)] ?? "working", parts: Object.fromEntries(parts) };
    },
  };
}
