/** Emergency suspensions in force, and everybody who is suspended by them or by the freshness file. */
import type { MemberId } from "../identity/index.ts";
import type { Trust } from "./trust.ts";

/** The trust without suspensions that have run out; itself if none has. */
export function inForce(trust: Trust, now: number): Trust {
  const suspensions = trust.suspensions.filter((held) => now < held.value.expires);
  return suspensions.length === trust.suspensions.length ? trust : { ...trust, suspensions };
}

/**
 * Who is suspended beyond what the roster says. A freshness file that pins an older roster still counts here: until the
 * next one arrives, nobody is quietly let in again.
 */
export function suspendedMembers(trust: Trust): ReadonlySet<MemberId> {
  const byEmergency = trust.suspensions.flatMap((held) => held.value.members);
  return new Set([...(trust.freshness?.value.suspended ?? []), ...byEmergency]);
}
