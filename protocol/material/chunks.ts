/**
 * The cipher under one message: https://c2sp.org/chunked-encryption with AES-256-GCM and HKDF-Expand over SHA-512
 * (the instantiation named Cobblestone-256).
 *
 * From the input key, a salt and a context come a key, a base nonce and a commitment. Each chunk's nonce is the base
 * nonce XOR its number; a chunk moved elsewhere does not open. The commitment makes sure that one encrypted message has
 * one key: without it, GCM allows a message that opens to different things under two keys.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { WardlineError, concat, equalBytes, release, utf8 } from "../encoding/index.ts";
import { CHUNK_BYTES, COMMITMENT_BYTES, HEADER_BYTES, MOST_CHUNKS, SALT_BYTES, TAG_BYTES } from "./layout.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const CIPHER = "aes-256-gcm";
const LABEL = concat(utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"), Uint8Array.of(0));

/** The cipher of one message; chunks may be done in any order, and again. */
export interface ChunkCipher {
  /** Salt and commitment, as they stand before the chunks. */
  readonly header: Uint8Array;
  /** Encrypts chunk `index`: 16 KiB, or less for the last. */
  encrypt(index: number, plaintext: Uint8Array): Uint8Array;
  /** As `encrypt`, but writes the chunk and its tag into `target` at `at`: large messages are put together without copies. */
  encryptInto(index: number, plaintext: Uint8Array, target: Uint8Array, at: number): void;
  /** Decrypts chunk `index`. @throws `material/damaged` when it is not this message's chunk of this number. */
  decrypt(index: number, sealed: Uint8Array): Uint8Array;
}

/**
 * @param key 32 uniformly random bytes, or the output of a key derivation
 * @param salt 24 bytes that never repeat under this key for another message
 * @param context what the message is for; decrypting with another context fails
 * @throws `material/key`
 */
export function chunkCipher(key: Uint8Array, salt: Uint8Array, context: Uint8Array): ChunkCipher {
  if (key.length !== KEY_BYTES || salt.length !== SALT_BYTES) {
    throw new WardlineError("material/key", "A material key has 32 bytes and a salt 24.");
  }
  const derived = expand(key, concat(LABEL, salt, context), KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES);
  const messageKey = derived.subarray(0, KEY_BYTES);
  const baseNonce = derived.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES);

  function encryptInto(index: number, plaintext: Uint8Array, target: Uint8Array, at: number): void {
    if (plaintext.length > CHUNK_BYTES) throw new WardlineError("material/size", "A chunk is too long.");
    const cipher = createCipheriv(CIPHER, messageKey, nonceOf(baseNonce, index));
    const sealed = cipher.update(plaintext);
    target.set(sealed, at);
    release(sealed);
    cipher.final();
    target.set(cipher.getAuthTag(), at + plaintext.length);
  }

  return {
    header: concat(salt, derived.subarray(KEY_BYTES + NONCE_BYTES)),
    encryptInto,
    encrypt(index, plaintext) {
      const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
      encryptInto(index, plaintext, sealed, 0);
      return sealed;
    },
    decrypt(index, sealed) {
      if (sealed.length < TAG_BYTES || sealed.length > CHUNK_BYTES + TAG_BYTES) throw damaged();
      const cipher = createDecipheriv(CIPHER, messageKey, nonceOf(baseNonce, index), {
        authTagLength: TAG_BYTES,
      });
      cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const { buffer, byteOffset, length } = cipher.update(sealed.subarray(0, -TAG_BYTES));
      try {
        cipher.final(); // nothing more comes: the mode has no blocks, it only checks the tag
      } catch (cause) {
        throw damaged(cause);
      }
      return new Uint8Array(buffer, byteOffset, length);
    },
  };
}

/**
 * The cipher of a message whose header is given.
 * @throws `material/truncated` for a short header, `material/wrong-key` when key, context or header do not belong together.
 */
export function cipherForHeader(key: Uint8Array, header: Uint8Array, context: Uint8Array): ChunkCipher {
  if (header.length !== HEADER_BYTES) {
    throw new WardlineError("material/truncated", "The encrypted message ends within its header.");
  }
  const cipher = chunkCipher(key, header.subarray(0, SALT_BYTES), context);
  if (equalBytes(cipher.header, header)) return cipher;
  throw new WardlineError(
    "material/wrong-key",
    "The key, or the purpose named with it, is not this message's.",
    {
      advice: "Ask for the material again; if this repeats, the sender's key does not fit what it sends.",
    },
  );
}

/** HKDF-Expand (RFC 5869, section 2.3) over SHA-512; the runtime's own always does Extract first. */
function expand(key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  let block = new Uint8Array();
  let output = new Uint8Array();
  for (let counter = 1; output.length < length; counter++) {
    const next = createHmac("sha512", key).update(block).update(info).update(Uint8Array.of(counter)).digest();
    block = Uint8Array.from(next);
    output = Uint8Array.from(concat(output, block));
  }
  return output.slice(0, length);
}

function nonceOf(base: Uint8Array, index: number): Uint8Array {
  if (!Number.isSafeInteger(index) || index < 0 || index >= MOST_CHUNKS) {
    throw new WardlineError("material/size", "A message has no chunk of this number.");
  }
  const nonce = Uint8Array.from(base);
  let rest = index;
  for (let at = NONCE_BYTES - 1; rest > 0; at--) {
    nonce[at] = (nonce[at] as number) ^ (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return nonce;
}

function damaged(cause?: unknown): WardlineError {
  return new WardlineError("material/damaged", "A chunk of encrypted material is not what was written.", {
    cause,
  });
}
