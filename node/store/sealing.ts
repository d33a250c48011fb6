/**
 * Sealing at rest. Small records are tweetnacl's secretbox; large ones are AES-256-GCM of the runtime, which is thirty times
 * as fast (a statement of 64 KiB would take a millisecond each way).
 *
 *     01 · nonce[24] · XSalsa20-Poly1305 (secretbox)
 *     02 · salt[24] · AES-256-GCM · tag[16]      under HMAC-SHA-256(key, salt): a key for each record, nonce zero
 *
 * Neither has room for the place of a record; it stands inside what is sealed (record.ts).
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import nacl from "tweetnacl";
import { concat, type Random } from "@wardline/protocol/encoding";
import { damagedRecord } from "./record.ts";

export interface Sealer {
  seal(record: Uint8Array): Uint8Array;
  /** @throws `store/damaged` */
  open(sealed: Uint8Array): Uint8Array;
}

const SUITE = { secretbox: 1, aes: 2 } as const;
const NONCE_BYTES = nacl.secretbox.nonceLength;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const ZERO_NONCE = new Uint8Array(12);
/** One call of the system for several nonces; each is used once. */
const NONCES_AT_ONCE = 64;
/** From about here on the native cipher is faster, with its key derivation and set-up counted. */
const LARGE = 2048;

/** `key`: 32 bytes, for this purpose alone. */
export function createSealer(key: Uint8Array, random: Random): Sealer {
  const nextNonce = inPortions(random, NONCE_BYTES, NONCES_AT_ONCE);
  const largeKey = (salt: Uint8Array) => createHmac("sha256", key).update("large ").update(salt).digest();

  function openLarge(salt: Uint8Array, box: Uint8Array): Uint8Array | null {
    const decipher = createDecipheriv("aes-256-gcm", largeKey(salt), ZERO_NONCE, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
    const record = decipher.update(box.subarray(0, box.length - TAG_BYTES));
    try {
      decipher.final();
      return new Uint8Array(record);
    } catch {
      return null;
    }
  }

  return {
    seal(record) {
      const nonce = nextNonce();
      if (record.length < LARGE) {
        return concat(Uint8Array.of(SUITE.secretbox), nonce, nacl.secretbox(record, nonce, key));
      }
      const cipher = createCipheriv("aes-256-gcm", largeKey(nonce), ZERO_NONCE, { authTagLength: TAG_BYTES });
      const box = cipher.update(record);
      cipher.final();
      return concat(Uint8Array.of(SUITE.aes), nonce, box, cipher.getAuthTag());
    },
    open(sealed) {
      if (sealed.length < HEAD_BYTES + TAG_BYTES) throw damagedRecord();
      const nonce = sealed.subarray(1, HEAD_BYTES);
      const box = sealed.subarray(HEAD_BYTES);
      const record =
        sealed[0] === SUITE.aes
          ? openLarge(nonce, box)
          : sealed[0] === SUITE.secretbox
            ? nacl.secretbox.open(box, nonce, key)
            : null;
      if (record === null) throw damagedRecord();
      return record;
    },
  };
}

function inPortions(random: Random, length: number, portions: number): () => Uint8Array {
  let pool = new Uint8Array(0);
  return () => {
    if (pool.length === 0) pool = Uint8Array.from(random(length * portions));
    const portion = pool.subarray(0, length);
    pool = pool.subarray(length);
    return portion;
  };
}
