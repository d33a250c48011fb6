/**
 * Proof of possession: each listed key signs (federation, member, role), so that nobody lists another's key as its own
 * and is later taken for its holder.
 */
import { pae, unhex, utf8 } from "../encoding/index.ts";
import {
  signEd25519,
  signPair,
  verifyEd25519,
  verifyPair,
  type IdentityPublicKey,
  type IdentitySecretKey,
  type MemberId,
  type PairSignature,
} from "../identity/index.ts";

/** The rows whose keys are pairs, and those whose keys are Ed25519 alone. */
export type PairRole = "identity" | "freshness";
export type SingleRole = "log" | "witness" | "transport";

/** The proof of an identity or freshness key. */
export function provePair(
  key: IdentitySecretKey,
  federationId: string,
  member: MemberId,
  role: PairRole,
): PairSignature {
  return signPair(key, claimOf(federationId, member, role));
}

/** The proof of a log, witness or transport key, from its 32-byte seed. */
export function proveSingle(
  seed: Uint8Array,
  federationId: string,
  member: MemberId,
  role: SingleRole,
): Uint8Array {
  return signEd25519(seed, claimOf(federationId, member, role));
}

export function hasProvenPair(
  key: IdentityPublicKey,
  proof: PairSignature,
  federationId: string,
  member: MemberId,
  role: PairRole,
): boolean {
  return verifyPair(key, claimOf(federationId, member, role), proof);
}

export function hasProvenSingle(
  key: Uint8Array,
  proof: Uint8Array,
  federationId: string,
  member: MemberId,
  role: SingleRole,
): boolean {
  return verifyEd25519(key, claimOf(federationId, member, role), proof);
}

function claimOf(federationId: string, member: MemberId, role: PairRole | SingleRole): Uint8Array {
  return pae("wardline/possession/1", unhex(federationId, 32), unhex(member, 16), utf8(role));
}
