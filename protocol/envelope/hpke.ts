/**
 * HPKE (RFC 9180) in base mode, single shot, for one suite: KEM X-Wing, KDF HKDF-SHA256, AEAD ChaCha20-Poly1305. The KEM's secret comes
 * in from outside; here are the key schedule (section 5.1) and one seal or open (section 6.1), on the runtime's own primitives.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { concat, utf8 } from "../encoding/index.ts";

/** KEM 0x647a X-Wing, KDF 0x0001 HKDF-SHA256, AEAD 0x0003 ChaCha20-Poly1305. */
const suite = concat(utf8("HPKE"), Uint8Array.of(0x64, 0x7a, 0x00, 0x01, 0x00, 0x03));
const version = utf8("HPKE-v1");
const nothing = new Uint8Array();
const BASE_MODE = Uint8Array.of(0);
const cipher = "chacha20-poly1305";

/** Length of the authentication tag at the end of a ciphertext. */
export const TAG_BYTES = 16;

/** What both sides agree on beside the text. */
export interface HpkeContext {
  /** The KEM's shared secret, 32 bytes. */
  readonly secret: Uint8Array;
  readonly info: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** The ciphertext: as long as the plaintext and 16 bytes. */
export function hpkeSeal(context: HpkeContext, plaintext: Uint8Array): Uint8Array {
  return concat(...hpkeSealed(context, plaintext));
}

/** The ciphertext in parts, for who puts them in their place. */
export function hpkeSealed(context: HpkeContext, plaintext: Uint8Array): Uint8Array[] {
  const { key, nonce } = schedule(context);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: TAG_BYTES });
  sealing.setAAD(context.associatedData, { plaintextLength: plaintext.length });
  return [sealing.update(plaintext), sealing.final(), sealing.getAuthTag()];
}

/** The plaintext, or undefined when the ciphertext, the secret or the context is not the one that was sealed. */
export function hpkeOpen(context: HpkeContext, ciphertext: Uint8Array): Uint8Array | undefined {
  const length = ciphertext.length - TAG_BYTES;
  if (length < 0) return undefined;
  const { key, nonce } = schedule(context);
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: TAG_BYTES });
  opening.setAAD(context.associatedData, { plaintextLength: length });
  opening.setAuthTag(ciphertext.subarray(length));
  const plaintext = opening.update(ciphertext.subarray(0, length));
  try {
    opening.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
}

/** KeySchedule of section 5.1; sequence number 0, so that the base nonce is the nonce. */
function schedule({ secret, info }: HpkeContext): { key: Uint8Array; nonce: Uint8Array } {
  const context = concat(BASE_MODE, noPskHash, labeledExtract(nothing, "info_hash", info));
  const root = labeledExtract(secret, "secret", nothing);
  return {
    key: labeledExpand(root, "key", context, 32),
    nonce: labeledExpand(root, "base_nonce", context, 12),
  };
}

function labeledExtract(salt: Uint8Array, label: string, material: Uint8Array): Uint8Array {
  return hmac(salt, version, suite, utf8(label), material);
}

/** HKDF-Expand for at most one block (32 bytes), which is all that this suite asks for. */
function labeledExpand(key: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array {
  const block = hmac(key, Uint8Array.of(0, length), version, suite, utf8(label), info, Uint8Array.of(1));
  return block.subarray(0, length);
}

function hmac(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

const noPskHash = labeledExtract(nothing, "psk_id_hash", nothing);
