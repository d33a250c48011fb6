/** Writes batches: large values to the segment that is being filled, everything else and where they lie to the store below. */
import type { OrderedStore, RawOperation } from "../ordered.ts";
import type { SegmentFiles } from "./files.ts";
import {
  allSegments,
  decodeEnd,
  encodeEnd,
  encodePointer,
  encodePosition,
  isPointer,
  positionKey,
  segmentKey,
} from "./places.ts";

export interface SegmentLimits {
  /** Bytes from which on a value goes to a segment. */
  readonly separateFrom: number;
  /** Bytes after which a segment is full. */
  readonly segment: number;
  /** Batches after which a segment is looked at. Default: 256. */
  readonly lookEvery?: number;
}

export interface SegmentWriter {
  /** Ends by number: everything before its end is on disk. */
  readonly segments: ReadonlyMap<number, number>;
  /** The one that grows. */
  readonly current: number | undefined;
  /** One call at a time. */
  write(operations: readonly RawOperation[]): Promise<void>;
  /** Forgets a segment that nothing points to any more, with these keys of the store below. One call at a time. */
  forget(segment: number, keys: readonly Uint8Array[]): Promise<void>;
}

/** @throws `store/damaged` when a segment is missing or cut off */
export async function openWriter(
  below: OrderedStore,
  files: SegmentFiles,
  limits: SegmentLimits,
): Promise<SegmentWriter> {
  const segments = new Map<number, number>();
  for await (const [key, value] of below.range(allSegments)) segments.set(...decodeEnd(key, value));
  for (const [segment, end] of segments) files.check(segment, end);
  const found = await files.list();
  /** Left over when the node fell. They go with the first batch: until then nothing is changed. */
  let leftOver = found.filter((segment) => !segments.has(segment));
  let newest = Math.max(0, ...found);
  let current = [...segments.keys()].at(-1);

  function removeLeftOver(): void {
    const all = leftOver;
    leftOver = [];
    for (const segment of all) files.remove(segment);
  }

  /** Where the next value goes. */
  function next(): { segment: number; offset: number } {
    const end = current === undefined ? undefined : segments.get(current);
    if (current !== undefined && end !== undefined && end < limits.segment)
      return { segment: current, offset: end };
    return { segment: ++newest, offset: 0 };
  }

  async function writeLarge(
    operations: readonly RawOperation[],
    values: readonly Uint8Array[],
  ): Promise<void> {
    const { segment, offset } = next();
    current = segment;
    await files.append(segment, offset, values);
    let end = offset;
    const placed = operations.flatMap((operation): RawOperation[] => {
      if (!isLarge(operation)) return [operation];
      const { key, value } = operation;
      const place = { segment, offset: end, length: value.length };
      end += value.length;
      return [
        { type: "put", key, value: encodePointer(place) },
        { type: "put", key: positionKey(place), value: encodePosition(key, place) },
      ];
    });
    await below.batch([...placed, { type: "put", key: segmentKey(segment), value: encodeEnd(end) }]);
    segments.set(segment, end);
  }

  /** A value that looks like a pointer goes to a segment, too: inline it would be taken for one. An empty one has no place. */
  function isLarge(operation: RawOperation): operation is Put {
    if (operation.type === "del" || operation.value.length === 0) return false;
    return operation.value.length >= limits.separateFrom || isPointer(operation.value);
  }

  return {
    segments,
    get current() {
      return current;
    },
    async write(operations) {
      removeLeftOver();
      const values = operations.filter(isLarge).map(({ value }) => value);
      if (values.length === 0) return below.batch(operations);
      try {
        await writeLarge(operations, values);
      } catch (error) {
        // What reached the disk of it is not known, so a new segment begins.
        current = undefined;
        throw error;
      }
    },
    async forget(segment, keys) {
      const all = [...keys, segmentKey(segment)];
      await below.batch(all.map((key) => ({ type: "del", key })));
      segments.delete(segment);
    },
  };
}

type Put = RawOperation & { readonly type: "put" };
