/**
 * HMAC-SHA-256 (RFC 2104) of short values under one key, thousands a second: two hashes at once each, with the padded key
 * made ready, take half of what the runtime's object for one HMAC takes.
 */
import { hash } from "node:crypto";
import { concat } from "@wardline/protocol/encoding";

const BLOCK_BYTES = 64;

/** `key`: at most 64 bytes. The result is the HMAC of the parts one after the other. */
export function createMac(key: Uint8Array): (...parts: readonly Uint8Array[]) => Uint8Array {
  const [inner, outer] = [padded(key, 0x36), padded(key, 0x5c)];
  return (...parts) => {
    const within = hash("sha256", concat(inner, ...parts), "buffer");
    return hash("sha256", concat(outer, within), "buffer");
  };
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key);
  return block.map((byte) => byte ^ pad);
}
