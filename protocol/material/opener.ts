/** From the encrypted form back to plaintext: nothing is given out before its chunk is verified. */
import { WardlineError, concat } from "../encoding/index.ts";
import { cipherForHeader, type ChunkCipher } from "./chunks.ts";
import {
  CHUNK_BYTES,
  HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
  fullChunks,
  openedSize,
  refuseBadRange,
  sealedChunkOffset,
} from "./layout.ts";
import type { ReadRange } from "./recoder.ts";

/** What a message is decrypted with. */
export interface OpeningOptions {
  readonly key: Uint8Array;
  readonly context: Uint8Array;
}

/** Takes the encrypted form in pieces of any length, in order. After an error it takes nothing more. */
export interface Opener {
  /** Gives the chunks that are complete now, each verified. @throws `material/wrong-key`, `material/damaged` */
  push(bytes: Uint8Array): Uint8Array[];
  /** Gives the last chunk; only now is it known that nothing is missing. @throws `material/truncated`, `material/damaged` */
  finish(): Uint8Array;
}

/** Starts decrypting one message as a stream. Memory: one chunk and what is pushed. */
export function opener(options: OpeningOptions): Opener {
  let cipher: ChunkCipher | undefined;
  let rest: Uint8Array = new Uint8Array();
  let index = 0;
  let over = false;

  /** Runs one step; after the last one, or one that throws, no other runs. */
  function step<T>(work: () => T, last = false): T {
    if (over) throw new WardlineError("material/ended", "This message has ended or failed already.");
    over = true;
    const result = work();
    over = last;
    return result;
  }

  function take(length: number): Uint8Array {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  }

  return {
    push: (bytes) =>
      step(() => {
        rest = concat(rest, bytes);
        if (cipher === undefined && rest.length < HEADER_BYTES) return [];
        cipher ??= cipherForHeader(options.key, take(HEADER_BYTES), options.context);
        const opened: Uint8Array[] = [];
        while (rest.length >= SEALED_CHUNK_BYTES)
          opened.push(cipher.decrypt(index++, take(SEALED_CHUNK_BYTES)));
        return opened;
      }),
    finish: () =>
      step(() => {
        if (cipher === undefined || rest.length < TAG_BYTES) throw truncated();
        return cipher.decrypt(index, rest);
      }, true),
  };
}

/** Decrypts a stream of any pieces. What it yields is verified chunk by chunk; whether all is there only shows at the end. */
export async function* decryptStream(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: OpeningOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const message = opener(options);
  for await (const bytes of source) yield* message.push(bytes);
  const last = message.finish();
  if (last.length > 0) yield last;
}

/** Decrypts a message that is in memory. */
export function decryptAll(sealed: Uint8Array, options: OpeningOptions): Uint8Array {
  const message = opener(options);
  return concat(...message.push(sealed), message.finish());
}

/** An encrypted message that lies somewhere whole, read from any place. */
export interface RandomOpener {
  /** Length of the plaintext. */
  readonly size: number;
  /** The plaintext from `offset` on, chunk by chunk, each verified; at most `length` bytes. @throws `material/damaged` */
  range(offset: number, length: number): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Opens an encrypted message of `sealedSize` bytes for reading from any place. Reads the header and the last chunk, which
 * shows that the length is true. @throws `material/truncated`, `material/wrong-key`, `material/damaged`
 */
export async function randomOpener(
  options: OpeningOptions & { sealedSize: number; read: ReadRange },
): Promise<RandomOpener> {
  const { key, context, read } = options;
  const size = openedSize(options.sealedSize);
  const cipher = cipherForHeader(key, await read(0, HEADER_BYTES), context);

  async function chunk(index: number): Promise<Uint8Array> {
    const length = Math.min(CHUNK_BYTES, size - index * CHUNK_BYTES) + TAG_BYTES;
    return cipher.decrypt(index, await read(sealedChunkOffset(index), length));
  }

  await chunk(fullChunks(size));
  return {
    size,
    async *range(offset, length) {
      refuseBadRange(offset, length, size);
      const end = Math.min(size, offset + length);
      for (let at = offset; at < end;) {
        const start = at - (at % CHUNK_BYTES);
        const plaintext = await chunk(start / CHUNK_BYTES);
        yield plaintext.subarray(at - start, end - start);
        at = start + plaintext.length;
      }
    },
  };
}

function truncated(): WardlineError {
  return new WardlineError("material/truncated", "The encrypted message ends before its last chunk.");
}
