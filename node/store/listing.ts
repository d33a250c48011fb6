/** Lists: a range of records or index entries on disk, merged with changes that are not there yet. */
import { WardlineError, concat } from "@wardline/protocol/encoding";
import type { Change, Layer } from "./changes.ts";
import { idOf, type Naming } from "./naming.ts";
import type { RawRange, RawSnapshot } from "./ordered.ts";
import { behind } from "./tuple.ts";
import type { Collection, Key, ListOptions } from "./types.ts";

/** What a list meets: `place` is the key that orders it, a record's own or that of an index entry. */
export interface Found {
  readonly place: Uint8Array;
  readonly recordKey: Uint8Array;
  /** From disk. Missing only when an index points to nothing. */
  readonly sealed?: Uint8Array | undefined;
  /** From a change that is not on disk yet. */
  readonly record?: Uint8Array | undefined;
}

/** Index entries whose records are read at once. */
const STEP = 64;

/** The part of the disk that a list covers. */
export function rangeOf(naming: Naming, collection: Collection<never>, options: ListOptions): RawRange {
  const { index, prefix = [], after, reverse = false } = options;
  const place = (tuple: Key) => {
    if (index === undefined) return naming.recordKey(collection, tuple);
    return concat(naming.indexPrefix(collection, index), naming.indexTuple(collection, index, tuple));
  };
  const start = place(prefix);
  const all = { gte: start, lt: behind(start), reverse };
  if (after === undefined) return all;
  const stop = typeof after === "string" ? cursorPlace(after, start) : place(after);
  if (reverse) return { ...all, lt: earlier(all.lt, stop) };
  return { ...all, gte: later(all.gte, behind(stop)) };
}

export function cursorOf(place: Uint8Array): string {
  return Buffer.from(place).toString("base64url");
}

/** A cursor belongs to the list it came from: it starts like everything in it. */
function cursorPlace(cursor: string, start: Uint8Array): Uint8Array {
  const place = new Uint8Array(Buffer.from(cursor, "base64url"));
  if (place.length >= start.length && Buffer.compare(place.subarray(0, start.length), start) === 0)
    return place;
  throw new WardlineError("store/invalid-cursor", "This place in a list belongs to another list.", {
    advice: "Start from the beginning of the list.",
  });
}

const earlier = (a: Uint8Array, b: Uint8Array) => (Buffer.compare(a, b) < 0 ? a : b);
const later = (a: Uint8Array, b: Uint8Array) => (Buffer.compare(a, b) > 0 ? a : b);

export interface ListSource {
  readonly collection: Collection<never>;
  readonly index: string | undefined;
  readonly range: RawRange;
  readonly snapshot: RawSnapshot;
  /** Values are not needed. */
  readonly keysOnly?: boolean;
  /** Changes over the snapshot, the newest layer first; looked at once, at the first step. */
  readonly layers: readonly Layer[];
}

/** What a list gives, in its order; `range.limit` is not exceeded. */
export async function* found(naming: Naming, source: ListSource): AsyncGenerator<Found, void, undefined> {
  const { range } = source;
  const changed = changesOf(source.collection, source.layers);
  const added = placesOf(changed, source.index, range);
  const sign = range.reverse ? -1 : 1;
  let left = range.limit ?? Infinity;
  let next = 0;
  for await (const stored of storedIn(naming, source, left + changed.size)) {
    for (let change = added[next]; change && left > 0; change = added[++next]) {
      if (sign * Buffer.compare(change.place, stored.place) > 0) break;
      yield change;
      left--;
    }
    if (left <= 0) return;
    if (changed.has(idOf(stored.recordKey))) continue;
    yield stored;
    left--;
  }
  if (left > 0) yield* added.slice(next, next + left);
}

/** The latest change of each changed record of this collection. */
function changesOf(collection: Collection<never>, layers: readonly Layer[]): Map<string, Change> {
  const changed = new Map<string, Change>();
  for (const layer of layers) {
    for (const [id, change] of layer) {
      if (change.collection.name === collection.name && !changed.has(id)) changed.set(id, change);
    }
  }
  return changed;
}

/** Where these changes list records of a collection in one of its indexes. */
export function placesIn(
  collection: Collection<never>,
  index: string,
  layers: readonly Layer[],
): Uint8Array[] {
  const changes = changesOf(collection, layers).values();
  return [...changes].flatMap(({ indexEntries }) =>
    indexEntries.filter((entry) => entry.index === index).map(({ key }) => key),
  );
}

/** Where the changed records stand in this list. */
function placesOf(changed: ReadonlyMap<string, Change>, index: string | undefined, range: RawRange): Found[] {
  const places: Found[] = [];
  for (const { recordKey, record, indexEntries } of changed.values()) {
    if (record === undefined) continue;
    const keys =
      index === undefined
        ? [recordKey]
        : indexEntries.filter((entry) => entry.index === index).map(({ key }) => key);
    for (const place of keys) if (contains(range, place)) places.push({ place, recordKey, record });
  }
  const sign = range.reverse ? -1 : 1;
  return places.sort((a, b) => sign * Buffer.compare(a.place, b.place));
}

function contains({ gte, lt }: RawRange, key: Uint8Array): boolean {
  return Buffer.compare(key, gte) >= 0 && Buffer.compare(key, lt) < 0;
}

/** The same from disk alone, at most `limit`. */
async function* storedIn(
  naming: Naming,
  { collection, index, range, snapshot, keysOnly }: ListSource,
  limit: number,
): AsyncGenerator<Found, void, undefined> {
  const limited = { ...range, limit };
  if (index === undefined && !keysOnly) {
    for await (const [place, sealed] of snapshot.range(limited)) yield { place, recordKey: place, sealed };
    return;
  }
  let entries: { place: Uint8Array; recordKey: Uint8Array }[] = [];
  for await (const place of snapshot.keys(limited)) {
    const recordKey = index === undefined ? place : naming.recordKeyIn(collection, place);
    if (keysOnly) yield { place, recordKey };
    else if (entries.push({ place, recordKey }) === STEP) {
      yield* await withValues(snapshot, entries);
      entries = [];
    }
  }
  yield* await withValues(snapshot, entries);
}

async function withValues(
  snapshot: RawSnapshot,
  entries: readonly { place: Uint8Array; recordKey: Uint8Array }[],
): Promise<Found[]> {
  const values = await snapshot.getMany(entries.map(({ recordKey }) => recordKey));
  return entries.map((entry, at) => ({ ...entry, sealed: values[at] }));
}
