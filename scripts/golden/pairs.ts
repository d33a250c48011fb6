/**
 * Pair signatures that come out the same each time. The runtime's ML-DSA is hedged, so another implementation signs here without
 * extra randomness; every reader accepts both, and the golden files prove that too.
 */
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { pae, unhex, utf8, type Random } from "@wardline/protocol/encoding";
import {
  generateIdentityKey,
  keyIdOf,
  signEd25519,
  type IdentitySecretKey,
  type PairSignature,
} from "@wardline/protocol/identity";
import type { FederationFile, FileType, PairRole } from "@wardline/protocol/roster";

export interface Signer {
  readonly key: IdentitySecretKey;
  readonly keyId: string;
  readonly sign: (message: Uint8Array) => PairSignature;
}

export function makeSigner(random: Random): Signer {
  const key = generateIdentityKey(random);
  const { secretKey } = ml_dsa65.keygen(key.seeds.mldsa65);
  const sign = (message: Uint8Array): PairSignature => ({
    ed25519: signEd25519(key.seeds.ed25519, message),
    mldsa65: ml_dsa65.sign(message, secretKey, { extraEntropy: false }),
  });
  return { key, keyId: keyIdOf(key.public), sign };
}

/** What `signFile` does, spelt out once more: purpose, federation, exact bytes. */
export function signWith(
  type: FileType,
  bytes: Uint8Array,
  federation: string,
  by: readonly Signer[],
): FederationFile {
  const message = pae(`wardline/${type}/1`, unhex(federation), bytes);
  return { bytes, signatures: by.map(({ keyId, sign }) => ({ keyId, ...sign(message) })) };
}

/** What `provePair` does, spelt out once more: federation, member, role. */
export function proveWith(
  { sign }: Signer,
  federation: string,
  member: string,
  role: PairRole,
): PairSignature {
  return sign(pae("wardline/possession/1", unhex(federation), unhex(member), utf8(role)));
}
