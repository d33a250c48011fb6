/** Reading what a server sends, up to a limit on the wire and after decompression. */
import { pipeline } from "node:stream/promises";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { isWardlineError } from "@wardline/protocol/encoding";
import { refuse } from "./errors.ts";

/** What is asked for; `deflate` is understood but means two things on the web. */
export const acceptedEncodings = "gzip, br";

/** Whether the server calls it a text: pages and their like, which have smaller limits than files. Without a declared type it counts as one. */
export const isText = (headers: Record<string, string>): boolean =>
  /^\s*(?:text\/|application\/xhtml)/i.test(headers["content-type"] ?? "text/html");

export interface ReadOptions {
  encoding: string | undefined;
  /** Most bytes, on the wire and after decompression. */
  most: number;
  /** Told of each piece after decompression. */
  onRead?: ((bytes: number) => void) | undefined;
  /** Takes the content piece by piece; what it answers stands for the whole. Default: all of it in memory. */
  into?: ((content: AsyncIterable<Uint8Array>) => Promise<Uint8Array>) | undefined;
}

/** All of a stream in memory. */
export async function collected(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(content));
}

/** The whole body, or what `into` made of it. Errors: `capture/too-large`, `/unsupported-encoding`, `/broken-encoding`; the stream's own as they are. */
export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  { encoding, most, onRead, into = collected }: ReadOptions,
): Promise<Uint8Array> {
  const decoder = decoderFor(encoding);
  if (decoder === undefined) return into(upTo(most, stream, onRead));
  let body: Uint8Array | undefined;
  const take = async (source: AsyncIterable<Uint8Array>) => {
    body = await into(upTo(most, source, onRead));
  };
  try {
    // Compressed bytes count too: a stream that never decompresses to anything must end as well.
    await pipeline(stream, (source: AsyncIterable<Uint8Array>) => upTo(most, source), decoder, take);
  } catch (error) {
    if (body !== undefined) return body; // `into` had enough, and the rest was not waited for
    const { code = "" } = error as { code?: string };
    throw !isWardlineError(error) && /^(?:Z_|ERR__ERROR_)/.test(code)
      ? refuse("broken-encoding", { cause: error })
      : error;
  }
  return body ?? new Uint8Array();
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

/** The same pieces. Error: `capture/too-large` as soon as there are more bytes. */
export async function* upTo(
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
