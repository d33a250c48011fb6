/** What every desk is made of. A role is a desk: handlers, jobs and routes on the same services. */
import type { PayloadOf, SignedStatement, StatementType } from "@wardline/protocol/statements";
import { readPayload } from "@wardline/protocol/statements";
import { members, type Member } from "@wardline/protocol/roster";
import type { Random } from "@wardline/protocol/encoding";
import type { Approvals, Route } from "../accounts/index.ts";
import type { Casework } from "../casework/index.ts";
import type { Commit, Unit } from "../commit/index.ts";
import type { DesksSettings } from "../configuration/index.ts";
import type { Federation } from "../federation/index.ts";
import type { Jobs } from "../jobs/index.ts";
import type { Reader } from "../store/index.ts";
import type { Takedown } from "../takedown/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";

export interface DeskServices {
  settings: DesksSettings;
  commit: Commit;
  jobs: Jobs;
  vault: Vault;
  federation: Federation;
  casework: Casework;
  takedown: Takedown;
  approvals: Approvals;
  clock: Clock;
  random: Random;
}

export interface Desk {
  /** Adds statement handlers and jobs. Once, before federation and jobs start. */
  register(services: DeskServices): void;
  /** The API that this kind of member offers to its people, shared parts included. */
  routes(services: DeskServices): Route[];
  /** Names of what the desk itself keeps in the vault. */
  vaultNames(reader: Reader): AsyncIterable<string>;
}

/** Handles statements of one type with their payload read; runs in the unit that stores statement and receipt. */
export function handle<T extends StatementType>(
  { federation }: DeskServices,
  type: T,
  apply: (unit: Unit, payload: PayloadOf<T>, from: Member, signed: SignedStatement) => Promise<void>,
): void {
  federation.handle(type, {
    apply: (unit, { signed, from }) => apply(unit, readPayload(signed.statement, type), from, signed),
  });
}

/** Active members of a kind, in the order of their ids. */
export function activeMembers({ federation }: DeskServices, kind: Member["kind"]): Member[] {
  const found = members(federation.trust()).filter((one) => one.kind === kind && one.status === "active");
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A desk that keeps nothing of its own in the vault. */
export async function* nothing(): AsyncIterable<string> {
  // Yields nothing.
}
