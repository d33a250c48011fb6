/**
 * The sealed form of a file: AES-256-GCM in chunks, after the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár
 * 2015), as age uses it.
 *
 *     "WLIX" · version (1 byte) · 3 zero bytes · id (16 random bytes)
 *     chunk: 65,536 bytes of content (the last one fewer, maybe none) · tag (16 bytes)
 *
 * Every file has a key of its own, HKDF-SHA-256 of the secret with its id as salt and its role as info, so that nonces
 * may simply count: 11 bytes of chunk number, then 1 for the last chunk and 0 for others. The header is associated data
 * of every chunk. So a byte changed, a chunk moved, a file cut, lengthened, put in another's place, or written by a later
 * version, is seen before anything of that chunk is used.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { HashingError } from "../errors.ts";

export const CHUNK = 65_536;
export const TAG = 16;
export const HEADER = 24;

const magic = Buffer.from("WLIX");
const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

export interface Chunks {
  /** Chunks are given in order; `last` ends the file. */
  next(chunk: Uint8Array, last: boolean): Uint8Array;
}

/** A new file's header, and what seals its chunks. `role` says which file it is. */
export function sealing(secret: Uint8Array, role: string): Chunks & { header: Uint8Array } {
  const header = Buffer.concat([magic, Buffer.from([VERSION, 0, 0, 0]), randomBytes(HEADER - 8)]);
  const key = fileKey(secret, role, header);
  let number = 0;
  return {
    header,
    next(chunk, last) {
      const cipher = createCipheriv("aes-256-gcm", key, nonce(number++, last)).setAAD(header);
      return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    },
  };
}

/** What opens the chunks of a file with this header. Errors: `hashing/index-damaged`, `hashing/index-version`. */
export function opening(secret: Uint8Array, role: string, header: Uint8Array): Chunks {
  if (header.length < HEADER || !magic.equals(header.subarray(0, 4))) throw damaged("a file is no index");
  if (header[4] !== VERSION) throw laterVersion(header[4] ?? 0);
  const key = fileKey(secret, role, header);
  let number = 0;
  return {
    next(chunk, last) {
      if (chunk.length < TAG) throw damaged("a file was cut");
      const opener = createDecipheriv("aes-256-gcm", key, nonce(number++, last)).setAAD(header);
      opener.setAuthTag(chunk.subarray(chunk.length - TAG));
      const content = opener.update(chunk.subarray(0, chunk.length - TAG));
      try {
        opener.final();
      } catch {
        throw damaged("a byte is not what was written, or the key is another");
      }
      return content;
    },
  };
}

/** A small file as a whole. */
export function sealWhole(secret: Uint8Array, role: string, content: Uint8Array): Uint8Array {
  const { header, next } = sealing(secret, role);
  const sealed: Uint8Array[] = [header];
  let at = 0;
  for (; content.length - at > CHUNK; at += CHUNK) sealed.push(next(content.subarray(at, at + CHUNK), false));
  sealed.push(next(content.subarray(at), true));
  return Buffer.concat(sealed);
}

/** Opens what `sealWhole` made. Errors: as `opening`. */
export function openWhole(secret: Uint8Array, role: string, sealed: Uint8Array): Uint8Array {
  const { next } = opening(secret, role, sealed.subarray(0, HEADER));
  const content: Uint8Array[] = [];
  let at = HEADER;
  for (; sealed.length - at > CHUNK + TAG; at += CHUNK + TAG)
    content.push(next(sealed.subarray(at, at + CHUNK + TAG), false));
  content.push(next(sealed.subarray(at), true));
  return Buffer.concat(content);
}

/** One secret for each use of the index's key. */
export function deriveSecret(secret: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(
    hkdfSync("sha256", secret, new Uint8Array(0), `wardline match index: ${use}`, KEY_BYTES),
  );
}

function fileKey(secret: Uint8Array, role: string, header: Uint8Array): Uint8Array {
  const id = header.subarray(8);
  return new Uint8Array(hkdfSync("sha256", secret, id, `wardline match index file: ${role}`, KEY_BYTES));
}

function nonce(number: number, last: boolean): Uint8Array {
  const bytes = Buffer.alloc(NONCE_BYTES);
  bytes.writeUIntBE(number, NONCE_BYTES - 7, 6);
  bytes[NONCE_BYTES - 1] = last ? 1 : 0;
  return bytes;
}

export const damaged = (what: string): HashingError =>
  new HashingError(
    "hashing/index-damaged",
    `The saved match index cannot be used: ${what}.`,
    "Build it again from where its entries came from; nothing else is lost.",
  );

const laterVersion = (version: number) =>
  new HashingError(
    "hashing/index-version",
    `The saved match index has version ${version}, and ${VERSION} is known here.`,
    "A later version of this program wrote it. Use that one, or build the index again.",
  );
