/**
 * Holder announcements: the key under which members say in the routing table that they hold an item, without the table's saying
 * which one. See protocol/README.md §11.
 */
import { createHmac } from "node:crypto";
import { unhex } from "../encoding/index.ts";

/**
 * HMAC-SHA-256 of an item's SHA-256 (32 bytes, hexadecimal) under the members' common secret of 32 bytes: the digest of the
 * multihash that is provided. Without the secret nobody can tell for which item it stands, nor try one that is known.
 */
export function blindedKey(secret: Uint8Array, sha256: string): Uint8Array {
  return new Uint8Array(createHmac("sha256", secret).update(unhex(sha256, 32)).digest());
}
