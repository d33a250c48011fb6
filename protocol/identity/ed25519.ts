/**
 * Ed25519 (RFC 8032) with one verdict everywhere. Libraries differ on signatures that no honest signer makes: S + L,
 * points of small order, points written in a second way. All of those are refused here before a library is asked, and
 * on what is left the runtime and tweetnacl agree: both recompute R and compare its bytes.
 */
import { sign, verify } from "node:crypto";
import nacl from "tweetnacl";
import { WardlineError } from "../encoding/index.ts";
import { publicBytesOf, publicKeyObject, secretKeyObject } from "./native-keys.ts";

/** 2^255 - 19, the field's prime. */
const p = 2n ** 255n - 19n;
/** The order of the base point. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The y coordinates of the eight points whose order divides 8 (y of order 8: 2 values, each with both signs of x). */
const y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const smallOrder = new Set([0n, 1n, p - 1n, y8, p - y8]);

/** Whether a signature is valid: strict checks, then the runtime's own verification. Never throws. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrict(publicKey, signature)) return false;
  return verify(null, message, publicKeyObject("ed25519", publicKey), signature);
}

/** The same verdict from an independent implementation, 60 times slower: tests hold the two together. */
export function verifyEd25519Reference(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isStrict(publicKey, signature)) return false;
  return nacl.sign.detached.verify(message, signature, publicKey);
}

/** The 64-byte signature of the key pair that grows from a 32-byte seed. Throws `identity/bad-key`. */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return Uint8Array.from(sign(null, message, secretKeyObject("ed25519", seed)));
}

/** The 32-byte public key of a 32-byte seed. Throws `identity/bad-key`. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  if (seed.length === 32) return publicBytesOf("ed25519", seed);
  throw new WardlineError("identity/bad-key", "An Ed25519 seed has 32 bytes.");
}

/** Whether bytes may serve as a public key: canonical and not of small order. */
export function isStrictEd25519Key(publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && isStrictPoint(publicKey);
}

function isStrict(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || !isStrictEd25519Key(publicKey)) return false;
  return littleEndian(signature.subarray(32)) < L && isStrictPoint(signature.subarray(0, 32));
}

/** The top bit carries the sign of x; the rest must be a y below the prime that belongs to no small order. */
function isStrictPoint(bytes: Uint8Array): boolean {
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  return y < p && !smallOrder.has(y);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytes.toReversed().toHex()}`);
}
