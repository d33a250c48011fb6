/** From plaintext to its encrypted form: as a stream, or any range of it on the fly. */
import { chunkCipher } from "./chunks.ts";
import {
  CHUNK_BYTES,
  HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  fullChunks,
  refuseBadRange,
  sealedChunkOffset,
  sealedSize,
} from "./layout.ts";

/** Reads plaintext: exactly `length` bytes from `offset`, within the size. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

/** The encrypted form of one message, as if it lay there as a file; nothing is kept between calls. */
export interface Sealer {
  /** Length of the encrypted form. */
  readonly sealedSize: number;
  /**
   * `length` bytes of the encrypted form from `offset` on, fewer at its end; the same bytes every time.
   * Memory: the range, and one chunk. @throws `material/range` when the range does not begin within it.
   */
  range(offset: number, length: number): Promise<Uint8Array>;
}

/** What a message is encrypted with; see `chunkCipher` for what each must be. */
export interface SealingOptions {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly context: Uint8Array;
}

/** Random access to the encrypted form of `size` bytes of plaintext that `read` gives. */
export function sealer(options: SealingOptions & { size: number; read: ReadRange }): Sealer {
  const { key, salt, context, size, read } = options;
  const cipher = chunkCipher(key, salt, context);
  const whole = sealedSize(size);

  /** One piece of the layout, the header being piece -1. */
  async function piece(index: number): Promise<Uint8Array> {
    if (index < 0) return cipher.header;
    const offset = index * CHUNK_BYTES;
    return cipher.encrypt(index, await read(offset, Math.min(CHUNK_BYTES, size - offset)));
  }

  return {
    sealedSize: whole,
    async range(offset, length) {
      refuseBadRange(offset, length, whole);
      const end = Math.min(whole, offset + length);
      const result = new Uint8Array(end - offset);
      for (let at = offset; at < end;) {
        const index = pieceAt(at);
        const start = index < 0 ? 0 : sealedChunkOffset(index);
        const part = (await piece(index)).subarray(at - start, end - start);
        result.set(part, at - offset);
        at += part.length;
      }
      return result;
    },
  };
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
    sealed.set(cipher.encrypt(index, chunk), sealedChunkOffset(index));
  }
  return sealed;
}

function pieceAt(offset: number): number {
  return offset < HEADER_BYTES ? -1 : Math.floor((offset - HEADER_BYTES) / SEALED_CHUNK_BYTES);
}
