/**
 * How material is encrypted again for one grant. Key and salt follow from the item's key and the grant's id, so that
 * the granting node can make any range of the encrypted form at any time, and never keeps it.
 */
import { hkdfSync } from "node:crypto";
import { pae, utf8 } from "../encoding/index.ts";
import { SALT_BYTES } from "./layout.ts";

const KEY_BYTES = 32;
const PURPOSE = "wardline/material/grant/1";

/** What a grant's encryption is bound to: it opens as this grant only. */
export function grantContext(grantId: string): Uint8Array {
  return pae(PURPOSE, utf8(grantId));
}

/**
 * The key that travels inside the grant (32 bytes) and the salt in front of the encrypted form (24 bytes).
 * The key tells nothing about the item's key (HKDF-SHA-512, RFC 5869).
 */
export function grantSecrets(itemKey: Uint8Array, grantId: string): { key: Uint8Array; salt: Uint8Array } {
  const derived = hkdfSync(
    "sha512",
    itemKey,
    new Uint8Array(),
    grantContext(grantId),
    KEY_BYTES + SALT_BYTES,
  );
  const bytes = new Uint8Array(derived);
  return { key: bytes.slice(0, KEY_BYTES), salt: bytes.slice(KEY_BYTES) };
}
