/** Emergency suspensions in force, and everybody who is suspended by them or by the freshness file. */
import type { MemberId } from "../identity/index.ts";
import type { Suspension } from "./freshness.ts";
import { fileHash } from "./file.ts";
import { mostLiftings } from "./limits.ts";
import type { Held, Trust } from "./trust.ts";

/** The trust without suspensions that have run out; itself if none has. */
export function inForce(trust: Trust, now: number): Trust {
  const suspensions = trust.suspensions.filter((held) => now < held.value.expires);
  return suspensions.length === trust.suspensions.length ? trust : { ...trust, suspensions };
}

/**
 * The suspensions with one more. Only those that end last for one of their members are kept: there are never more than
 * members, and no flood of them pushes another one out. Liftings stay as long as what they lift could come back.
 */
export function withSuspension(
  suspensions: Trust["suspensions"],
  added: Held<Suspension>,
): Trust["suspensions"] {
  const latest = new Map<MemberId, Held<Suspension>>();
  const all = [...suspensions, added];
  const liftings = all.filter(({ value }) => value.lifts).slice(-mostLiftings);
  const lifted = new Set(liftings.flatMap(({ value }) => value.lifts ?? []));
  for (const held of all.filter(({ file }) => !lifted.has(fileHash(file)))) {
    for (const id of held.value.members) {
      if (held.value.expires > (latest.get(id)?.value.expires ?? 0)) latest.set(id, held);
    }
  }
  return [...new Set(latest.values()), ...liftings];
}

/**
 * Who is suspended beyond what the roster says. A freshness file that pins an older roster still counts here: until the
 * next one arrives, nobody is quietly let in again.
 */
export function suspendedMembers(trust: Trust): ReadonlySet<MemberId> {
  const byEmergency = trust.suspensions.flatMap((held) => held.value.members);
  return new Set([...(trust.freshness?.value.suspended ?? []), ...byEmergency]);
}
