/**
 * Changing the member identity. The next key pair is made ahead and waits in the keyring; the registrars list it; once the
 * roster that lists it is here and its time has begun, it signs everything, and the old one is gone.
 */
import { keyIdOf, type MemberId } from "@wardline/protocol/identity";
import { member, type IdentityKeyEntry, type Trust } from "@wardline/protocol/roster";
import type { Keyring } from "../../vault/index.ts";

/** The prepared identity as the roster lists it for this member; undefined without one, and for one that was cut off. */
export function listedNextIdentity(
  { nextIdentity }: Pick<Keyring, "nextIdentity">,
  trust: Trust,
  self: MemberId,
): IdentityKeyEntry | undefined {
  if (!nextIdentity) return undefined;
  const id = keyIdOf(nextIdentity.public);
  return member(trust, self)?.identityKeys.find(({ keyId, cutoff }) => keyId === id && !cutoff);
}

/** Whether the prepared identity has become this member's. Durable when it resolves. */
export async function takeOverIdentity(
  keyring: Keyring,
  trust: Trust,
  self: MemberId,
  now: number,
): Promise<boolean> {
  const listed = listedNextIdentity(keyring, trust, self);
  if (!listed || now < listed.from || now >= listed.until) return false;
  await keyring.takeNextIdentity();
  return true;
}
