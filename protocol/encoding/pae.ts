/** What signatures are made over, and hashes. */
import { createHash, hash, randomBytes } from "node:crypto";
import { concat, lengthOf, place, withScratch } from "./bytes.ts";
import { utf8 } from "./text.ts";

/**
 * Pre-authentication encoding as in DSSE v1 (github.com/secure-systems-lab/dsse): `DSSEv1 LEN(type) type LEN(part) part`.
 * With one part it is exactly DSSE; each further part is added with its own length, so that no two
 * lists of parts share an encoding. `type` names the purpose: a signature for one never verifies for another.
 */
export function pae(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return concat(...pieces(type, parts));
}

/** What `use` makes of the encoding, which is gone when it returns: for signing and verifying large parts. */
export function withPae<T>(type: string, parts: readonly Uint8Array[], use: (encoding: Uint8Array) => T): T {
  const all = pieces(type, parts);
  return withScratch(lengthOf(all), (encoding) => {
    place(encoding, all);
    return use(encoding);
  });
}

function pieces(type: string, parts: readonly Uint8Array[]): Uint8Array[] {
  const typeBytes = utf8(type);
  const all = [utf8(`DSSEv1 ${typeBytes.length} `), typeBytes];
  for (const part of parts) all.push(utf8(` ${part.length} `), part);
  return all;
}

/** Up to here putting parts together is cheaper than telling the runtime of each; trees hash nothing else. */
const SHORT = 4096;

/** SHA-256 of the parts one after the other, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return Uint8Array.from(hash("sha256", only, "buffer"));
  if (lengthOf(parts) <= SHORT) return Uint8Array.from(hash("sha256", concat(...parts), "buffer"));
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return Uint8Array.from(digest.digest());
}

/** A source of `length` unpredictable bytes; passed in, so that a test can repeat a day. */
export type Random = (length: number) => Uint8Array;

/** The operating system's generator. */
export const systemRandom: Random = (length) => Uint8Array.from(randomBytes(length));
