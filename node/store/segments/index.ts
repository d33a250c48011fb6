/**
 * Key-value separation (WiscKey: Lu et al., FAST 2016) for any ordered store: a large value is appended once to a segment
 * file, and the store keeps a pointer to it, so that sorting never writes the value again.
 *
 *     batch → large values appended and synced (files.ts) → pointers, positions and ends in the store's own batch (places.ts)
 *     get, range → pointer → read at its place
 *     every few hundred batches one segment is looked at: if little of it is needed, that moves, and the file goes (collector.ts)
 *
 * What a crash leaves behind a segment's end is written over. The bytes have no checksum here: whoever stands above binds a
 * value to its key.
 */
import { closedStore } from "../failure.ts";
import type { OrderedStore, RawOperation, RawReader } from "../ordered.ts";
import { createCollector } from "./collector.ts";
import { segmentFiles, type SegmentFiles } from "./files.ts";
import { OWN_PREFIX, decodePointer, isPointer } from "./places.ts";
import { createReaders, type Readers } from "./readers.ts";
import { openWriter, type SegmentLimits } from "./writer.ts";

export type { SegmentLimits } from "./writer.ts";

/**
 * `below`, with its large values in files of `folder`, which appears with the first of them. Closes `below` when it closes.
 * @throws `store/damaged` when a segment is missing or cut off
 */
export async function withSegments(
  below: OrderedStore,
  folder: string,
  limits: SegmentLimits,
): Promise<OrderedStore> {
  const files = segmentFiles(folder);
  const readers = createReaders();
  const writer = await openWriter(below, files, limits);
  const collector = createCollector({ below, files, readers, writer, limits });
  let last: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;

  /** One write after another: what moves must not overtake what changes. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function close(): Promise<void> {
    await collector.stop();
    await last;
    await below.close();
    await files.close();
  }

  return {
    ...readerOf(below, files, readers),
    snapshot() {
      const snapshot = below.snapshot();
      const end = readers.begin();
      return {
        ...readerOf(snapshot, files, readers),
        close: () => snapshot.close().finally(end),
      };
    },
    async batch(operations: readonly RawOperation[]) {
      if (closed) throw closedStore();
      collector.check();
      await inTurn(() => writer.write(operations));
      collector.batchWritten(inTurn);
    },
    close: () => (closed ??= close()),
  };
}

/** Reads through pointers. The files of all pointers that it meets stay until it is done. */
function readerOf(below: RawReader, files: SegmentFiles, readers: Readers): RawReader {
  const valueOf = (value: Uint8Array) => (isPointer(value) ? files.read(decodePointer(value)) : value);
  return {
    async get(key) {
      const end = readers.begin();
      try {
        const value = await below.get(key);
        return value && valueOf(value);
      } finally {
        end();
      }
    },
    async getMany(keys) {
      const end = readers.begin();
      try {
        return (await below.getMany(keys)).map((value) => value && valueOf(value));
      } finally {
        end();
      }
    },
    async *range(range) {
      const end = readers.begin();
      try {
        for await (const [key, value] of below.range(withoutOwn(range))) yield [key, valueOf(value)];
      } finally {
        end();
      }
    },
    keys: (range) => below.keys(withoutOwn(range)),
    begun: below.begun,
  };
}

function withoutOwn<T extends { readonly lt: Uint8Array }>(range: T): T {
  return Buffer.compare(range.lt, OWN_PREFIX) > 0 ? { ...range, lt: OWN_PREFIX } : range;
}
