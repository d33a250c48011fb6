/**
 * Cards told by difference. They lie in 64 parts, by their members' ids; a message names a digest of each part, and lists
 * only the cards of parts that the reader was found to hold otherwise. What has not changed costs a kilobyte, one card that
 * has costs its part, whoever asks and however long ago the two last met.
 *
 *     digest of a part = first 16 bytes of SHA-256(member[16] · key[32] · version u64 · hash[32] · …)   by member, then key
 */
import { ByteWriter, concat, equalBytes, sha256 } from "@wardline/protocol/encoding";

export const PARTS = 64;
const DIGEST_BYTES = 16;
export const PARTS_BYTES = PARTS * DIGEST_BYTES;

/** The newest card under one identity key, as it is named on the wire. */
export interface NamedCard {
  readonly member: Uint8Array;
  readonly key: Uint8Array;
  readonly version: number;
  readonly hash: Uint8Array;
}

/** In which part a member's cards are. */
export const partOf = (member: Uint8Array): number => (member[0] ?? 0) % PARTS;

/** The digests of all parts, one after the other. */
export function digestsOf(cards: readonly NamedCard[]): Uint8Array {
  const parts = Array.from({ length: PARTS }, (): NamedCard[] => []);
  for (const card of cards) parts[partOf(card.member)]?.push(card);
  return concat(...parts.map(digestOf));
}

function digestOf(part: readonly NamedCard[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { member, key, version, hash } of part.toSorted(byMemberAndKey))
    writer.bytes(member).bytes(key).u64(version).bytes(hash);
  return sha256(writer.finish()).subarray(0, DIGEST_BYTES);
}

const byMemberAndKey = (a: NamedCard, b: NamedCard) =>
  Buffer.compare(a.member, b.member) || Buffer.compare(a.key, b.key);

/** The parts in which two members hold different cards. */
export function differing(ours: Uint8Array, theirs: Uint8Array): number[] {
  const digest = (of: Uint8Array, part: number) =>
    of.subarray(part * DIGEST_BYTES, (part + 1) * DIGEST_BYTES);
  return Array.from({ length: PARTS }, (_, part) => part).filter(
    (part) => !equalBytes(digest(ours, part), digest(theirs, part)),
  );
}
