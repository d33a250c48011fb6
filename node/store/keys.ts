/**
 * The node's master key, and the keys derived from it, each for one purpose.
 *
 * Unlocking, which yields the 32 bytes, is the vault's; the type is here because the store below it needs keys, too.
 */
import { hkdfSync } from "node:crypto";
import { utf8 } from "@wardline/protocol/encoding";

/** Derives keys; never gives itself away. */
export interface MasterKey {
  /** 32 bytes for one purpose (HKDF-SHA-256, RFC 5869); the same bytes every time. */
  derive(purpose: string): Uint8Array;
}

const KEY_BYTES = 32;

/** The master key with these 32 bytes. */
export function masterKeyOf(bytes: Uint8Array): MasterKey {
  return {
    derive: (purpose) =>
      new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(), utf8(`wardline/${purpose}`), KEY_BYTES)),
  };
}
