/** A signed-in person, as routes and casework meet them. */
import { WardlineError } from "@wardline/protocol/encoding";
import { allows, type Permission, type Role } from "./permissions.ts";

export interface Caller {
  readonly person: { readonly id: string; readonly name: string; readonly roles: readonly Role[] };
  /** Names this sign-in; not the secret in the cookie. */
  readonly session: string;
  /**
   * The name under which this person stands in ledger entries and statements of one matter (a report's id): the same
   * within the matter, not linkable across matters without the node's secret. 32 hexadecimal digits.
   */
  pseudonymFor(matter: string): string;
}

/**
 * Lets the caller go on or refuses.
 * @throws `accounts/not-allowed` when none of the caller's roles carries the permission
 */
export function authorise(caller: Caller, permission: Permission): void {
  if (allows(caller.person.roles, permission)) return;
  throw new WardlineError("accounts/not-allowed", "Your roles do not allow this.", {
    advice: "Ask an administrator for a role that does, or a colleague who has one.",
    details: { permission },
  });
}
