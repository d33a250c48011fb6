/**
 * No key serves two rows of the key table. Halves are compared, not pairs: one Ed25519 key with two ML-DSA keys would
 * otherwise count as two holders.
 */
import { isStrictEd25519Key, type IdentityPublicKey } from "../identity/index.ts";
import { refusal, type FileType } from "./fields.ts";

/** Adds every half to the set of those already seen. Throws `…/key-in-two-rows`, `…/bad-key`. */
export function claimKeys(
  type: FileType,
  taken: Set<string>,
  keys: Iterable<IdentityPublicKey | Uint8Array>,
): void {
  for (const key of keys) {
    const ed25519 = key instanceof Uint8Array ? key : key.ed25519;
    if (!isStrictEd25519Key(ed25519))
      throw refusal(type, "bad-key", `The ${type} lists an unusable Ed25519 key.`);
    claim(type, taken, ed25519);
    if (!(key instanceof Uint8Array)) claim(type, taken, key.mldsa65);
  }
}

function claim(type: FileType, taken: Set<string>, half: Uint8Array): void {
  const name = half.toHex();
  if (taken.has(name)) throw refusal(type, "key-in-two-rows", `The ${type} lists one key in two places.`);
  taken.add(name);
}
