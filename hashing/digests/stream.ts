/** Digests of a stream, computed on the digest thread while the stream goes on. */
import type { Digests } from "./digester.ts";
import { createDigestThread, type DigestThread } from "./thread.ts";

/** One for the whole process: three digests keep one core busy at 0.25 GB/s, and the other cores have pictures to decode. */
let shared: DigestThread | undefined;

/**
 * The three digests of everything in the stream, off the calling thread. At most a few megabytes are read ahead of the
 * digests, by all streams of the process together. Rejects with the signal's reason as soon as it aborts, and with the
 * stream's own error. Error: `hashing/digests-stopped` when the thread dies, which only a lack of memory does to it.
 */
export async function digestsOfStream(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  {
    signal,
    thread = (shared ??= createDigestThread()),
  }: { signal?: AbortSignal; thread?: DigestThread } = {},
): Promise<Digests> {
  const run = thread.start();
  try {
    for await (const bytes of untilAborted(stream, signal)) await run.feed(bytes, signal);
    return await run.finish();
  } finally {
    run.drop();
  }
}

/** The same stream, which ends with the signal's reason even while it waits for its next piece. */
async function* untilAborted(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (signal === undefined) return yield* stream;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => undefined); // heard only while the stream is waited for
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  const pieces = iteratorOf(stream);
  try {
    for (;;) {
      const next = await Promise.race([pieces.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    void Promise.resolve(pieces.return?.()).catch(() => undefined); // not waited for: it may hang as the stream does
  }
}

const iteratorOf = (stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) =>
  Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
