/** Reading: the disk, seen through layers of changes that are not there yet. */
import type { RecordCache } from "./cache.ts";
import { entriesIn, type Layer } from "./changes.ts";
import { listed } from "./listed.ts";
import { cursorOf, found, rangeOf, type Found } from "./listing.ts";
import { idOf, type Naming } from "./naming.ts";
import type { OrderedStore } from "./ordered.ts";
import { damagedRecord, decodeRecord } from "./record.ts";
import type { Sealer } from "./sealing.ts";
import type { Collection, Entry, Key, ListOptions, Reader } from "./types.ts";

export interface ViewParts {
  readonly raw: OrderedStore;
  readonly naming: Naming;
  readonly sealer: Sealer;
  readonly cache: RecordCache;
}

/** A reader over the disk and `layers()`, the newest first, which are asked for anew at each read. */
export function createView(parts: ViewParts, layers: () => readonly Layer[]): Reader {
  const { raw, naming } = parts;

  async function recordAt(recordKey: Uint8Array): Promise<Uint8Array | undefined> {
    const id = idOf(recordKey);
    for (const layer of layers()) {
      const change = layer.get(id);
      if (change) return change.record;
    }
    return storedRecord(parts, recordKey, id);
  }

  async function* list<T>(collection: Collection<T>, options: ListOptions = {}): AsyncGenerator<Entry<T>> {
    const any = collection as Collection<never>;
    const { index, limit } = options;
    const range = { ...rangeOf(naming, any, options), ...(limit === undefined ? {} : { limit }) };
    const source = { collection: any, index, range, snapshot: raw.snapshot(), layers: layers() };
    try {
      for await (const one of found(naming, source)) yield entryOf<T>(parts, any, index, one);
    } finally {
      await source.snapshot.close();
    }
  }

  return {
    async get<T>(collection: Collection<T>, ...key: Key) {
      const recordKey = naming.recordKey(collection as Collection<never>, key);
      const record = await recordAt(recordKey);
      return record && (decodeRecord(record, recordKey).value as T);
    },
    async has(collection, ...key) {
      return (await recordAt(naming.recordKey(collection as Collection<never>, key))) !== undefined;
    },
    list,
    listed: (collection, index, tuples) =>
      listed(parts, layers(), { collection: collection as Collection<never>, index, tuples }),
    async count(collection, options = {}) {
      const any = collection as Collection<never>;
      const range = rangeOf(naming, any, options);
      const source = {
        collection: any,
        index: options.index,
        range,
        snapshot: raw.snapshot(),
        layers: layers(),
      };
      let count = 0;
      try {
        const entries = found(naming, { ...source, keysOnly: true });
        while (!(await entries.next()).done) count++;
      } finally {
        await source.snapshot.close();
      }
      return count;
    },
  };
}

/** An unsealed record from the cache or the disk. */
export async function storedRecord(
  { raw, sealer, cache }: ViewParts,
  recordKey: Uint8Array,
  id: string,
): Promise<Uint8Array | undefined> {
  const cached = cache.get(id);
  if (cached) return cached;
  const { version } = cache;
  const sealed = await raw.get(recordKey);
  if (sealed === undefined) return undefined;
  const record = sealer.open(sealed);
  if (cache.version === version) cache.set(id, record);
  return record;
}

function entryOf<T>(
  { naming, sealer }: ViewParts,
  collection: Collection<never>,
  index: string | undefined,
  { place, recordKey, record, sealed }: Found,
): Entry<T> {
  if (record === undefined && sealed === undefined) throw damagedRecord();
  const { key, value } = decodeRecord(record ?? sealer.open(sealed as Uint8Array), recordKey);
  if (index !== undefined && record === undefined)
    checkListed(naming, collection, index, recordKey, value, place);
  return { key, value: value as T, cursor: cursorOf(place) };
}

/** Index entries have no seal of their own; the record says whether it belongs there. */
function checkListed(
  naming: Naming,
  collection: Collection<never>,
  index: string,
  recordKey: Uint8Array,
  value: unknown,
  place: Uint8Array,
): void {
  const entries = entriesIn(naming, collection, index, recordKey, value);
  if (!entries.some(({ key }) => Buffer.compare(key, place) === 0)) throw damagedRecord();
}
