/** The keys of an index: one secret, and from it one key for each use and file, so that no key is ever used for two things. */
import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

/** HKDF-SHA-256 (RFC 5869). `salt` is the id of a file, empty for what the whole index shares. */
export function deriveKey(secret: Uint8Array, use: string, salt: Uint8Array = new Uint8Array(0)): KeyObject {
  return createSecretKey(deriveBytes(secret, use, salt));
}

export function deriveBytes(secret: Uint8Array, use: string, salt: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, `wardline exact index: ${use}`, 32));
}
