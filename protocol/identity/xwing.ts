/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768 in one key encapsulation, secret as long as either
 * holds. Put together from the runtime's parts: SHAKE-256 grows the 32-byte seed into both secrets, SHA3-256 combines
 * both shared secrets with the X25519 transcript.
 */
import { decapsulate as openKem, encapsulate as sealKem, hash } from "node:crypto";
import { concat, hex, pae, sha256, utf8, WardlineError, type Random } from "../encoding/index.ts";
import { publicBytesOf, publicKeyObject, secretKeyObject } from "./native-keys.ts";
import type { KeyId } from "./pair.ts";
import { x25519 } from "./x25519.ts";

export interface SealingSecretKey {
  readonly id: KeyId;
  /** 1,216 bytes: ML-KEM-768, then X25519. */
  readonly public: Uint8Array;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

const kemPublicBytes = 1184;
const kemCiphertextBytes = 1088;
const pointBytes = 32;
/** The draft's label: \.//^\ */
const label = Uint8Array.of(0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c);

/** A new sealing key from 32 random bytes. */
export function generateSealingKey(random: Random): SealingSecretKey {
  return sealingKeyFromSeed(random(32));
}

/** The sealing key that grows from a 32-byte seed. Throws `identity/bad-key`. */
export function sealingKeyFromSeed(seed: Uint8Array): SealingSecretKey {
  const publicKey = expand(seed).public;
  return { id: sealingKeyId(publicKey), public: publicKey, seed };
}

/** The id of a sealing public key: the hash of its tag and bytes. */
export function sealingKeyId(publicKey: Uint8Array): KeyId {
  return hex(sha256(pae("wardline/key/1", utf8("x-wing"), publicKey)));
}

/**
 * A fresh 32-byte secret and the 1,120-byte ciphertext that carries it to the holder of `publicKey`. `random` gives
 * the X25519 half; the ML-KEM half takes its randomness from the runtime, which offers no way to pass it in.
 * Throws `identity/bad-key` or `identity/small-order`.
 */
export function encapsulate(
  publicKey: Uint8Array,
  random: Random,
): { secret: Uint8Array; ciphertext: Uint8Array } {
  if (publicKey.length !== kemPublicBytes + pointBytes) {
    throw new WardlineError("identity/bad-key", "A sealing public key has 1,216 bytes.");
  }
  const theirPoint = publicKey.subarray(kemPublicBytes);
  const kem = sealKem(publicKeyObject("ml-kem-768", publicKey.subarray(0, kemPublicBytes)));
  const ephemeral = random(pointBytes);
  const point = publicBytesOf("x25519", ephemeral);
  const secret = combine(kem.sharedKey, x25519(ephemeral, theirPoint), point, theirPoint);
  return { secret, ciphertext: concat(kem.ciphertext, point) };
}

/**
 * The secret that a ciphertext carries to the holder of `seed`. A changed ciphertext gives another secret, as ML-KEM's
 * implicit rejection has it. Throws `identity/bad-ciphertext` for a wrong length, `identity/small-order`, `identity/bad-key`.
 */
export function decapsulate(seed: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  if (ciphertext.length !== kemCiphertextBytes + pointBytes) {
    throw new WardlineError("identity/bad-ciphertext", "An encapsulation has 1,120 bytes.");
  }
  const own = expand(seed);
  const point = ciphertext.subarray(kemCiphertextBytes);
  const kemSecret = openKem(
    secretKeyObject("ml-kem-768", own.kemSeed),
    ciphertext.subarray(0, kemCiphertextBytes),
  );
  return combine(kemSecret, x25519(own.pointSeed, point), point, own.public.subarray(kemPublicBytes));
}

interface Expanded {
  readonly kemSeed: Uint8Array;
  readonly pointSeed: Uint8Array;
  readonly public: Uint8Array;
}

/** Growing both keys costs as much as using them, so it is done once for as long as the owner keeps the seed. */
const expansions = new WeakMap<Uint8Array, Expanded>();

function expand(seed: Uint8Array): Expanded {
  const known = expansions.get(seed);
  if (known) return known;
  if (seed.length !== 32) throw new WardlineError("identity/bad-key", "A sealing seed has 32 bytes.");
  const grown = Uint8Array.from(hash("shake256", seed, { outputEncoding: "buffer", outputLength: 96 }));
  const kemSeed = grown.slice(0, 64);
  const pointSeed = grown.slice(64);
  const publicKey = concat(publicBytesOf("ml-kem-768", kemSeed), publicBytesOf("x25519", pointSeed));
  const expanded = { kemSeed, pointSeed, public: publicKey };
  expansions.set(seed, expanded);
  return expanded;
}

function combine(
  kemSecret: Uint8Array,
  shared: Uint8Array,
  point: Uint8Array,
  theirPoint: Uint8Array,
): Uint8Array {
  return Uint8Array.from(hash("sha3-256", concat(kemSecret, shared, point, theirPoint, label), "buffer"));
}
