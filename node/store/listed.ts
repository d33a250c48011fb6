/** Whether an index lists anything under many tuples: thousands of records come at a time, of which hardly one concern us. */
import { concat } from "@wardline/protocol/encoding";
import type { Layer } from "./changes.ts";
import { placesIn } from "./listing.ts";
import type { Naming } from "./naming.ts";
import type { OrderedStore } from "./ordered.ts";
import type { Collection, Key } from "./types.ts";

/** The places of those tuples under which something is listed on disk or in a change on its way there. */
export async function listed(
  { raw, naming }: { readonly raw: OrderedStore; readonly naming: Naming },
  layers: readonly Layer[],
  asked: { readonly collection: Collection<never>; readonly index: string; readonly tuples: readonly Key[] },
): Promise<Set<number>> {
  const { collection, index, tuples } = asked;
  const prefix = naming.indexPrefix(collection, index);
  const prefixes = tuples
    .map((tuple, at) => ({ at, bytes: concat(prefix, naming.indexTuple(collection, index, tuple)) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const changed = placesIn(collection, index, layers);
  const onDisk = await raw.begun(prefixes.map(({ bytes }) => bytes));
  const found = prefixes.filter(
    ({ bytes }, at) => onDisk.has(at) || changed.some((key) => begins(key, bytes)),
  );
  return new Set(found.map(({ at }) => at));
}

const begins = (key: Uint8Array, prefix: Uint8Array) =>
  Buffer.compare(key.subarray(0, prefix.length), prefix) === 0;
