/**
 * Twelve words for one set of keys, to be read back over the telephone. They are proquints (arxiv.org/html/0901.4016):
 * 16 bits as consonant-vowel-consonant-vowel-consonant, so they need no list and no common language.
 */
import { pae, sha256 } from "../encoding/index.ts";
import { encodeIdentityPublicKey, type IdentityPublicKey } from "../identity/index.ts";

const consonants = "bdfghjklmnprstvz";
const vowels = "aiou";

/** The public keys that a candidate asks the registrars to list. */
export interface CandidateKeys {
  readonly identity: IdentityPublicKey;
  /** Ed25519, 32 bytes each. */
  readonly log: Uint8Array;
  readonly witness: Uint8Array;
}

/** Twelve words for 192 bits: nobody finds other keys with the same words. */
export function wordsFor(keys: CandidateKeys): readonly string[] {
  return wordsOfHash(
    sha256(pae("wardline/words/1", encodeIdentityPublicKey(keys.identity), keys.log, keys.witness)),
  );
}

/** Twelve words for a SHA-256: of a file that several people are about to sign, or of a holder's key (its id). */
export function wordsOfHash(hash: Uint8Array): readonly string[] {
  return Array.from({ length: 12 }, (_, at) => wordOf((hash[at * 2] ?? 0) * 256 + (hash[at * 2 + 1] ?? 0)));
}

function wordOf(bits: number): string {
  const consonant = (shift: number) => consonants[(bits >> shift) & 15] ?? "";
  const vowel = (shift: number) => vowels[(bits >> shift) & 3] ?? "";
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
}
