/**
 * Sealing at rest: AES-256-GCM of the runtime, under a key that a few dozen records share, each with a nonce of its own.
 *
 *     03 · salt[24] · number u8 · AES-256-GCM · tag[16]
 *
 * The key is HMAC-SHA-256(key, "shared " · salt); the salt is random, drawn anew after 64 records and at every start, and
 * the nonce is the record's number under it. Deriving a key for each record would cost as much as sealing a small one.
 * It has no room for the place of a record; that stands inside what is sealed (record.ts).
 *
 * What earlier versions wrote is still opened:
 *
 *     01 · nonce[24] · XSalsa20-Poly1305 (tweetnacl's secretbox)
 *     02 · salt[24] · AES-256-GCM · tag[16]      under HMAC-SHA-256(key, "large " · salt), nonce zero
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import nacl from "tweetnacl";
import { concat, release, type Random } from "@wardline/protocol/encoding";
import { idOf } from "./naming.ts";
import { damagedRecord } from "./record.ts";

export interface Sealer {
  seal(record: Uint8Array): Uint8Array;
  /** @throws `store/damaged` */
  open(sealed: Uint8Array): Uint8Array;
}

const SUITE = { secretbox: 1, large: 2, shared: 3 } as const;
const SALT_BYTES = 24;
const TAG_BYTES = 16;
/** Records under one salt. */
const MOST_SHARING = 64;
/** Derived keys at hand for reading: 100 bytes each. */
const KEYS_AT_HAND = 1024;

const algorithm = "aes-256-gcm";
const options = { authTagLength: TAG_BYTES };

/** `key`: 32 bytes, for this purpose alone. */
export function createSealer(key: Uint8Array, random: Random): Sealer {
  const derived = (purpose: string, salt: Uint8Array) =>
    createHmac("sha256", key).update(purpose).update(salt).digest();
  const keys = new Map<string, Uint8Array>();
  let current = { salt: new Uint8Array(0), key: new Uint8Array(0), used: MOST_SHARING };

  function sharedKey(salt: Uint8Array): Uint8Array {
    const id = idOf(salt);
    let found = keys.get(id);
    if (found) return found;
    if (keys.size === KEYS_AT_HAND) keys.clear();
    keys.set(id, (found = derived("shared ", salt)));
    return found;
  }

  function openOrNull(sealed: Uint8Array): Uint8Array | null {
    const salt = sealed.subarray(1, 1 + SALT_BYTES);
    const box = sealed.subarray(1 + SALT_BYTES);
    if (sealed[0] === SUITE.shared) return opened(sharedKey(salt), nonceOf(box[0] ?? 0), box.subarray(1));
    if (sealed[0] === SUITE.large) return opened(derived("large ", salt), nonceOf(0), box);
    return sealed[0] === SUITE.secretbox ? nacl.secretbox.open(box, salt, key) : null;
  }

  return {
    seal(record) {
      if (current.used === MOST_SHARING) {
        const salt = Uint8Array.from(random(SALT_BYTES));
        current = { salt, key: derived("shared ", salt), used: 0 };
      }
      const number = current.used++;
      const cipher = createCipheriv(algorithm, current.key, nonceOf(number), options);
      const head = [Uint8Array.of(SUITE.shared), current.salt, Uint8Array.of(number)];
      const box = cipher.update(record);
      cipher.final();
      const sealed = concat(...head, box, cipher.getAuthTag());
      release(box);
      return sealed;
    },
    open(sealed) {
      const record = sealed.length < 1 + SALT_BYTES + 1 + TAG_BYTES ? null : openOrNull(sealed);
      if (record === null) throw damagedRecord();
      return record;
    },
  };
}

function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce[11] = number;
  return nonce;
}

function opened(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | null {
  if (box.length < TAG_BYTES) return null;
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  const record = decipher.update(box.subarray(0, box.length - TAG_BYTES));
  try {
    decipher.final();
    return new Uint8Array(record.buffer, record.byteOffset, record.length);
  } catch {
    return null;
  }
}
