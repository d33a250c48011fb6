/** Whether each part of the node works, in one place for the operator. */

export type HealthState = "working" | "degraded" | "stopped";

export interface PartHealth {
  readonly state: HealthState;
  /** A stable code that says why. */
  readonly code?: string;
  readonly since: number;
}

export interface Health {
  /** Says how a part is; repeating the same changes nothing. */
  report(part: string, state: HealthState, code?: string): void;
  /** The worst state of all parts, and each part. */
  read(): { readonly state: HealthState; readonly parts: Readonly<Record<string, PartHealth>> };
}

const order: readonly HealthState[] = ["working", "degraded", "stopped"];

export function createHealth(now: () => number): Health {
  const parts = new Map<string, PartHealth>();
  return {
    report(part, state, code) {
      const before = parts.get(part);
      if (before?.state === state && before.code === code) return;
      parts.set(part, { state, ...(code === undefined ? {} : { code }), since: now() });
    },
    read() {
      const states = [...parts.values()].map(({ state }) => order.indexOf(state));
      return { state: order[Math.max(0, ...states)] ?? "working", parts: Object.fromEntries(parts) };
    },
  };
}
