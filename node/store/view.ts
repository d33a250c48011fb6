/**
 * Reading through layers: the newest layer that knows a record speaks for it, below all of them lies the disk.
 * A unit of work sees its own changes over those of earlier units that are not on disk yet, over the disk.
 */
import { equalBytes } from "@wardline/protocol/encoding";
import { endOfPrefix } from "./key.ts";
import type { Collection, Entry, ListOptions, Reader } from "./collection.ts";
import type { Codec } from "./codec.ts";

/** A record as it will be once written; `record` is undefined for one that is deleted. */
export interface Change {
  readonly collection: Collection<never>;
  readonly key: Uint8Array;
  readonly record: Uint8Array | undefined;
  readonly indexKeys: readonly Uint8Array[];
}
/** Changes by the hexadecimal form of their key. */
export type Layer = ReadonlyMap<string, Change>;

export interface Disk {
  record(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Keys in order, each with the primary key of its record. */
  keys(range: { gte: Uint8Array; lt: Uint8Array; reverse: boolean }, indexed: boolean): AsyncIterable<readonly [key: Uint8Array, primary: Uint8Array]>;
}

export const layerKey = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");

export function createView(codec: Codec, disk: Disk, layers: readonly Layer[]): Reader {
  function changeOf(key: Uint8Array): Change | undefined {
    const name = layerKey(key);
    for (const layer of layers) {
      const change = layer.get(name);
      if (change) return change;
    }
    return undefined;
  }

  async function recordAt(key: Uint8Array): Promise<Uint8Array | undefined> {
    const change = changeOf(key);
    return change ? change.record : disk.record(key);
  }

  async function* list<T>(collection: Collection<T>, options: ListOptions = {}): AsyncGenerator<Entry<T>> {
    const { index, reverse = false, limit = Infinity } = options;
    const range = { ...rangeOf(codec, collection, options), reverse };
    const changes = relevantChanges(layers, collection, index, range);
    const merged = merge(changes, disk.keys(range, index !== undefined), reverse);
    let count = 0;
    for await (const [key, primary] of merged) {
      if (count >= limit) return;
      const record = await recordAt(primary);
      if (record === undefined) continue;
      const entry = codec.decodeRecord<T>(record);
      if (index !== undefined && !isCurrent(codec, collection, key, entry)) continue;
      count += 1;
      yield entry;
    }
  }

  return {
    async get<T>(collection: Collection<T>, ...key: Entry<T>["key"]) {
      const record = await recordAt(codec.primaryKey(collection, key));
      return record === undefined ? undefined : codec.decodeRecord<T>(record).value;
    },
    has: async (collection, ...key) => (await recordAt(codec.primaryKey(collection, key))) !== undefined,
    list,
    async count(collection, options) {
      let count = 0;
      for await (const _ of list(collection, options)) count += 1;
      return count;
    },
  };
}

function rangeOf<T>(codec: Codec, collection: Collection<T>, { index, prefix = [], after, reverse }: ListOptions) {
  const start = codec.prefix(collection, index, prefix);
  const range = { gte: start, lt: endOfPrefix(start) };
  if (after === undefined) return range;
  const cursor = codec.prefix(collection, index, after);
  return reverse ? { ...range, lt: cursor } : { ...range, gte: endOfPrefix(cursor) };
}

/** An index entry may be older than its record, within a unit that changed it. */
function isCurrent<T>(codec: Codec, collection: Collection<T>, indexKey: Uint8Array, { key, value }: Entry<T>): boolean {
  return codec.indexKeys(collection, key, value).some((each) => equalBytes(each, indexKey));
}

/** What the layers add to a range, in order; taken at once, before the disk is asked, so that nothing falls between. */
function relevantChanges<T>(layers: readonly Layer[], collection: Collection<T>, index: string | undefined, range: { gte: Uint8Array; lt: Uint8Array; reverse: boolean }) {
  const found = new Map<string, readonly [Uint8Array, Uint8Array]>();
  for (const layer of layers) {
    for (const change of layer.values()) {
      if (change.collection.name !== collection.name || change.record === undefined) continue;
      for (const key of index === undefined ? [change.key] : change.indexKeys) {
        if (Buffer.compare(key, range.gte) >= 0 && Buffer.compare(key, range.lt) < 0) found.set(layerKey(key), [key, change.key]);
      }
    }
  }
  const sign = range.reverse ? -1 : 1;
  return [...found.values()].sort(([left], [right]) => sign * Buffer.compare(left, right));
}

type Pair = readonly [key: Uint8Array, primary: Uint8Array];

async function* merge(changes: readonly Pair[], stored: AsyncIterable<Pair>, reverse: boolean): AsyncGenerator<Pair> {
  const sign = reverse ? -1 : 1;
  let next = 0;
  for await (const pair of stored) {
    let change = changes[next];
    while (change && sign * Buffer.compare(change[0], pair[0]) < 0) {
      yield change;
      change = changes[++next];
    }
    if (change && equalBytes(change[0], pair[0])) next += 1;
    yield pair;
  }
  yield* changes.slice(next);
}
