/**
 * Pages: every file of the index consists of them. 4,080 bytes sealed with AES-256-GCM, and the 16 bytes of its tag.
 *
 * Each file has a key of its own, derived from its random id, and each page number is written once in a file; so the page
 * number is the nonce, and no pair of key and nonce comes twice. A page that was changed, moved within its file or taken from
 * another file does not open.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { damaged } from "./faults.ts";
import { deriveKey } from "./keys.ts";

/** Bytes on disk: what disks and memory move at once anyway. */
export const PAGE = 4096;
const TAG = 16;
/** Words within: room for 127 rows of 8 words and 127 bits of removal marks. */
export const PAGE_WORDS = (PAGE - TAG) / 4;

export interface PageSealer {
  /** Seals `PAGE_WORDS` words into `PAGE` bytes. */
  seal(words: Uint32Array, page: number, into: Uint8Array): void;
  /** The words of a page. Error: `hashing/index-damaged`. */
  open(sealed: Uint8Array, page: number): Uint32Array;
}

/** The sealer of one file. `id` is its name without the extension: 32 hexadecimal digits. */
export function createPageSealer(secret: Uint8Array, use: "run" | "log", id: string): PageSealer {
  const key: KeyObject = deriveKey(secret, use, Buffer.from(id, "hex"));
  const nonce = Buffer.alloc(12);
  const nonceOf = (page: number) => {
    nonce.writeUInt32LE(page);
    return nonce;
  };
  return {
    seal(words, page, into) {
      const cipher = createCipheriv("aes-256-gcm", key, nonceOf(page));
      into.set(cipher.update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)));
      cipher.final();
      into.set(cipher.getAuthTag(), PAGE - TAG);
    },
    open(sealed, page) {
      const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(page), { authTagLength: TAG });
      decipher.setAuthTag(sealed.subarray(PAGE - TAG, PAGE));
      const words = wordsOf(decipher.update(sealed.subarray(0, PAGE - TAG)));
      try {
        decipher.final();
      } catch {
        throw damaged(`page ${page} of file ${id} is not what was written`);
      }
      return words;
    },
  };
}

/** The bytes as words, copied only when they lie askew. */
function wordsOf(bytes: Buffer): Uint32Array {
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(buffer, byteOffset, PAGE_WORDS);
}
