/**
 * Identity: who signs and who can open. Strict Ed25519, the inseparable Ed25519 + ML-DSA-65 pair with its key id,
 * and X-Wing for sealing. All of it native; keys are bytes, so that nothing here depends on where they are kept.
 */
export {
  ed25519PublicKey,
  isStrictEd25519Key,
  signEd25519,
  verifyEd25519,
  verifyEd25519Reference,
} from "./ed25519.ts";
export {
  decodeIdentityPublicKey,
  decodeIdentitySecretKey,
  encodeIdentityPublicKey,
  encodeIdentitySecretKey,
  generateIdentityKey,
  keyIdOf,
  signPair,
  verifyMldsa65,
  verifyPair,
  type IdentityPublicKey,
  type IdentitySecretKey,
  type KeyId,
  type MemberId,
  type PairSignature,
} from "./pair.ts";
export { x25519 } from "./x25519.ts";
export {
  decapsulate,
  encapsulate,
  generateSealingKey,
  sealingKeyFromSeed,
  sealingKeyId,
  type SealingSecretKey,
} from "./xwing.ts";
