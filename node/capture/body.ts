/** Reading what a server sends, up to a limit on the wire and after decompression. */
import { pipeline } from "node:stream/promises";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { isWardlineError } from "@wardline/protocol/encoding";
import { refuse } from "./errors.ts";

/** What is asked for; `deflate` is understood but means two things on the web. */
export const acceptedEncodings = "gzip, br";

export interface ReadOptions {
  encoding: string | undefined;
  /** Most bytes, on the wire and after decompression. */
  most: number;
  /** Told of each piece after decompression. */
  onRead?: ((bytes: number) => void) | undefined;
}

/** The whole body in memory. Errors: `capture/too-large`, `/unsupported-encoding`, `/broken-encoding`; the stream's own as they are. */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  { encoding, most, onRead }: ReadOptions,
): Promise<Uint8Array> {
  const decoder = decoderFor(encoding);
  const chunks: Uint8Array[] = [];
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of upTo(most, source, onRead)) chunks.push(chunk);
  };
  if (decoder === undefined) {
    await collect(stream);
    return Buffer.concat(chunks);
  }
  try {
    // Compressed bytes count too: a stream that never decompresses to anything must end as well.
    await pipeline(stream, (source: AsyncIterable<Uint8Array>) => upTo(most, source), decoder, collect);
  } catch (error) {
    const { code = "" } = error as { code?: string };
    throw !isWardlineError(error) && /^(?:Z_|ERR__ERROR_)/.test(code)
      ? refuse("broken-encoding", { cause: error })
      : error;
  }
  return Buffer.concat(chunks);
}

function decoderFor(encoding = "identity"): Transform | undefined {
  switch (encoding.trim().toLowerCase()) {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "deflate":
      return createInflate();
    default: // also lists of encodings: nobody asked for bombs within bombs
      throw refuse("unsupported-encoding");
  }
}

async function* upTo(
  most: number,
  source: AsyncIterable<Uint8Array>,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of source) {
    read += chunk.length;
    onRead?.(chunk.length);
    if (read > most) throw refuse("too-large", { details: { most } });
    yield chunk;
  }
}
