/** From one encrypted form of a plaintext to another: both have the same layout, so every chunk keeps its place. */
import { release } from "../encoding/index.ts";
import type { ChunkCipher } from "./chunks.ts";
import { HEADER_BYTES, SEALED_CHUNK_BYTES, refuseBadRange, sealedChunkOffset, sealedSize } from "./layout.ts";

/** Reads an encrypted form: exactly `length` bytes from `offset`, within its length. Each call gives memory of its own. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Decrypts chunks with one cipher and encrypts them with another into `target`, from its start on, without holding more
 * than one of them as plaintext. `target` may be `sealed` itself. `see` is shown each plaintext after it was verified.
 * @param first number of the first chunk; `sealed` ends with a whole chunk, or with the message's last one
 * @returns bytes done and, when a chunk did not verify, why it stopped there: what came before is good
 */
export function recodeChunks(
  [from, to]: readonly [ChunkCipher, ChunkCipher],
  first: number,
  sealed: Uint8Array,
  target: Uint8Array,
  see?: (plaintext: Uint8Array) => void,
): { done: number; failure?: unknown } {
  let done = 0;
  try {
    for (let index = first; done < sealed.length; index++) {
      const chunk = sealed.subarray(done, done + SEALED_CHUNK_BYTES);
      const plaintext = from.decrypt(index, chunk);
      see?.(plaintext);
      to.encryptInto(index, plaintext, target, done);
      release(plaintext);
      done += chunk.length;
    }
    return { done };
  } catch (failure) {
    return { done, failure };
  }
}

/**
 * Part of a message as `to` encrypts it, made of the form that `from` encrypted and `read` gives: `length` bytes from
 * `offset` on, fewer at its end; the same bytes every time. One read; memory: the chunks that the range touches.
 * @throws `material/range` when the range does not begin within it, `material/damaged`
 */
export async function recodeRange(
  [from, to]: readonly [ChunkCipher, ChunkCipher],
  message: { readonly size: number; readonly read: ReadRange },
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const whole = sealedSize(message.size);
  refuseBadRange(offset, length, whole);
  const end = Math.min(whole, offset + length);
  if (offset === end) return new Uint8Array();
  const start = offset < HEADER_BYTES ? 0 : sealedChunkOffset(chunkAt(offset));
  const stop = end <= HEADER_BYTES ? HEADER_BYTES : Math.min(whole, sealedChunkOffset(chunkAt(end - 1) + 1));
  const bytes = await message.read(start, stop - start);
  const headed = start === 0;
  if (headed) bytes.set(to.header);
  const chunks = headed ? bytes.subarray(HEADER_BYTES) : bytes;
  const { done, failure } = recodeChunks([from, to], headed ? 0 : chunkAt(start), chunks, chunks);
  if (done < chunks.length) throw failure;
  return bytes.subarray(offset - start, end - start);
}

/** The number of the chunk that holds this byte, which does not lie in the header. */
function chunkAt(offset: number): number {
  return Math.floor((offset - HEADER_BYTES) / SEALED_CHUNK_BYTES);
}
