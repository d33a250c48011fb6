/**
 * Sizes and places in an encrypted message, all following from the length of the plaintext alone:
 *
 *   salt[24] · commitment[32] · full chunks of 16 KiB + tag[16] each · one last chunk, shorter than 16 KiB, perhaps empty, + tag[16]
 *
 * The specification fixes the chunk at 16 KiB; no other size is allowed.
 */
import { WardlineError } from "../encoding/index.ts";

export const SALT_BYTES = 24;
export const COMMITMENT_BYTES = 32;
/** What comes before the chunks. */
export const HEADER_BYTES = SALT_BYTES + COMMITMENT_BYTES;
export const TAG_BYTES = 16;
/** Plaintext of every chunk but the last. */
export const CHUNK_BYTES = 16 * 1024;
/** A full chunk as encrypted. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
/** The specification's limit: the counter has 38 bits. */
export const MOST_CHUNKS = 2 ** 38;

/** Length of the encrypted form of `size` bytes. @throws `material/size` */
export function sealedSize(size: number): number {
  refuseBadSize(size);
  return HEADER_BYTES + size + (fullChunks(size) + 1) * TAG_BYTES;
}

/** Length of the plaintext of `sealed` encrypted bytes. @throws `material/truncated` for lengths that no message has. */
export function openedSize(sealed: number): number {
  const chunks = sealed - HEADER_BYTES;
  const last = chunks % SEALED_CHUNK_BYTES;
  if (!Number.isSafeInteger(sealed) || chunks < TAG_BYTES || last < TAG_BYTES) {
    throw new WardlineError("material/truncated", "No whole encrypted message has this length.");
  }
  return Math.floor(chunks / SEALED_CHUNK_BYTES) * CHUNK_BYTES + last - TAG_BYTES;
}

/** How many chunks of 16 KiB come before the last, shorter one. */
export function fullChunks(size: number): number {
  return Math.floor(size / CHUNK_BYTES);
}

/** Where the encrypted chunk begins. */
export function sealedChunkOffset(index: number): number {
  return HEADER_BYTES + index * SEALED_CHUNK_BYTES;
}

/** Refuses what is no range beginning within `size` bytes. @throws `material/range` */
export function refuseBadRange(offset: number, length: number, size: number): void {
  const integers = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (integers && offset >= 0 && length >= 0 && offset <= size) return;
  throw new WardlineError("material/range", "The range lies outside the message.");
}

function refuseBadSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 0 && fullChunks(size) < MOST_CHUNKS) return;
  throw new WardlineError("material/size", "No message can have this length.");
}
