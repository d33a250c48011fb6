/** Small records sealed at rest: nonce[24] · XSalsa20-Poly1305 (secretbox) over the record with its purpose inside. */
import nacl from "tweetnacl";
import { concat, equalBytes, pae, type Random } from "@wardline/protocol/encoding";

/**
 * Seals a record under a 32-byte key. secretbox has no associated data, so the purpose stands inside: a record moved to
 * another place does not open there.
 */
export function sealBox(key: Uint8Array, purpose: string, record: Uint8Array, random: Random): Uint8Array {
  const nonce = random(nacl.secretbox.nonceLength);
  return concat(nonce, nacl.secretbox(concat(pae(purpose), record), nonce, key));
}

/** The record, or undefined when it was altered, cut, moved, or sealed under another key. */
export function openBox(key: Uint8Array, purpose: string, sealed: Uint8Array): Uint8Array | undefined {
  const at = nacl.secretbox.nonceLength;
  if (sealed.length < at + nacl.secretbox.overheadLength) return undefined;
  const opened = nacl.secretbox.open(sealed.subarray(at), sealed.subarray(0, at), key);
  const head = pae(purpose);
  if (opened === null || opened.length < head.length) return undefined;
  return equalBytes(opened.subarray(0, head.length), head) ? opened.subarray(head.length) : undefined;
}
