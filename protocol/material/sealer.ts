/** From plaintext to its encrypted form: as a stream, or in memory. */
import { chunkCipher } from "./chunks.ts";
import { CHUNK_BYTES, fullChunks, sealedChunkOffset, sealedSize } from "./layout.ts";

/** What a message is encrypted with; see `chunkCipher` for what each must be. */
export interface SealingOptions {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly context: Uint8Array;
}

/** Encrypts a stream of any pieces; yields header, chunks and the last chunk, one by one. Memory: two chunks. */
export async function* encryptStream(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: SealingOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cipher = chunkCipher(options.key, options.salt, options.context);
  yield cipher.header;
  const buffer = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  let index = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + CHUNK_BYTES - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < CHUNK_BYTES) continue;
      yield cipher.encrypt(index++, buffer);
      filled = 0;
    }
  }
  yield cipher.encrypt(index, buffer.subarray(0, filled));
}

/** Encrypts bytes that are in memory. */
export function encryptAll(plaintext: Uint8Array, options: SealingOptions): Uint8Array {
  const cipher = chunkCipher(options.key, options.salt, options.context);
  const sealed = new Uint8Array(sealedSize(plaintext.length));
  sealed.set(cipher.header);
  for (let index = 0; index <= fullChunks(plaintext.length); index++) {
    const chunk = plaintext.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    cipher.encryptInto(index, chunk, sealed, sealedChunkOffset(index));
  }
  return sealed;
}
