/**
 * The inseparable pair: Ed25519 for what is proved today, ML-DSA-65 (FIPS 204) for the day a quantum computer reads
 * the record. One id for both keys, counted once, for one holder; valid only when both signatures are.
 */
import { sign, verify } from "node:crypto";
import { ByteReader, concat, hex, pae, sha256, utf8, WardlineError, type Random } from "../encoding/index.ts";
import { ed25519PublicKey, isStrictEd25519Key, signEd25519, verifyEd25519 } from "./ed25519.ts";
import { publicBytesOf, publicKeyObject, secretKeyObject } from "./native-keys.ts";

/** A member's id: 16 bytes as lower-case hexadecimal, assigned by the roster for ever. */
export type MemberId = string;
/** A key's id: 32 bytes as lower-case hexadecimal, the hash of algorithm tags and public keys. */
export type KeyId = string;

export interface IdentityPublicKey {
  /** 32 bytes. */
  readonly ed25519: Uint8Array;
  /** 1,952 bytes. */
  readonly mldsa65: Uint8Array;
}

export interface IdentitySecretKey {
  readonly public: IdentityPublicKey;
  /** 32 bytes each. */
  readonly seeds: { readonly ed25519: Uint8Array; readonly mldsa65: Uint8Array };
}

export interface PairSignature {
  /** 64 bytes. */
  readonly ed25519: Uint8Array;
  /** 3,309 bytes. */
  readonly mldsa65: Uint8Array;
}

const mldsaPublicBytes = 1952;
const mldsaSignatureBytes = 3309;

/** A new pair from 64 random bytes. */
export function generateIdentityKey(random: Random): IdentitySecretKey {
  return fromSeeds(random(32), random(32));
}

/** 64 bytes: the two seeds. Whoever holds them is the member. */
export function encodeIdentitySecretKey(secret: IdentitySecretKey): Uint8Array {
  return concat(secret.seeds.ed25519, secret.seeds.mldsa65);
}

/** Reads what `encodeIdentitySecretKey` wrote. Throws `identity/bad-key`. */
export function decodeIdentitySecretKey(bytes: Uint8Array): IdentitySecretKey {
  if (bytes.length !== 64) throw badKey("An identity secret key has 64 bytes.");
  return fromSeeds(bytes.slice(0, 32), bytes.slice(32));
}

/** 1,984 bytes: Ed25519, then ML-DSA-65. */
export function encodeIdentityPublicKey(key: IdentityPublicKey): Uint8Array {
  return concat(key.ed25519, key.mldsa65);
}

/** Reads what `encodeIdentityPublicKey` wrote, and refuses Ed25519 keys that no signature can verify under. Throws `identity/bad-key`. */
export function decodeIdentityPublicKey(bytes: Uint8Array): IdentityPublicKey {
  if (bytes.length !== 32 + mldsaPublicBytes) throw badKey("An identity public key has 1,984 bytes.");
  const reader = new ByteReader(bytes.slice());
  const key = { ed25519: reader.bytes(32), mldsa65: reader.rest() };
  if (!isStrictEd25519Key(key.ed25519)) throw badKey("The Ed25519 half is no usable public key.");
  publicKeyObject("ml-dsa-65", key.mldsa65);
  return key;
}

/** Ids of keys in use: who signs names the key each time. */
const keyIds = new WeakMap<IdentityPublicKey, KeyId>();

/** The one id of both keys. */
export function keyIdOf(key: IdentityPublicKey): KeyId {
  const known = keyIds.get(key);
  if (known !== undefined) return known;
  const { ed25519, mldsa65 } = key;
  const id = hex(sha256(pae("wardline/key/1", utf8("ed25519"), ed25519, utf8("ml-dsa-65"), mldsa65)));
  keyIds.set(key, id);
  return id;
}

/** Signs `bytes` (a pre-authentication encoding) with both halves. The ML-DSA half is hedged: it differs each time. */
export function signPair(secret: IdentitySecretKey, bytes: Uint8Array): PairSignature {
  const mldsa65 = Uint8Array.from(sign(null, bytes, secretKeyObject("ml-dsa-65", secret.seeds.mldsa65)));
  return { ed25519: signEd25519(secret.seeds.ed25519, bytes), mldsa65 };
}

/** Whether both signatures are valid over the same bytes. Never throws for keys that `decodeIdentityPublicKey` gave. */
export function verifyPair(key: IdentityPublicKey, bytes: Uint8Array, signature: PairSignature): boolean {
  return (
    verifyEd25519(key.ed25519, bytes, signature.ed25519) &&
    verifyMldsa65(key.mldsa65, bytes, signature.mldsa65)
  );
}

/** ML-DSA-65 with an empty context. Keys and signatures of another length are invalid, never an error. */
export function verifyMldsa65(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== mldsaPublicBytes || signature.length !== mldsaSignatureBytes) return false;
  return verify(null, message, publicKeyObject("ml-dsa-65", publicKey), signature);
}

function fromSeeds(ed25519: Uint8Array, mldsa65: Uint8Array): IdentitySecretKey {
  const publicKey = { ed25519: ed25519PublicKey(ed25519), mldsa65: publicBytesOf("ml-dsa-65", mldsa65) };
  return { public: publicKey, seeds: { ed25519, mldsa65 } };
}

function badKey(message: string): WardlineError {
  return new WardlineError("identity/bad-key", message);
}
