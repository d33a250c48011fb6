/** Pages of one list as one: an exchange tells what changed, so of an entry that comes again the last word counts. */
import { hashKinds, type Entries, type ListEntry } from "./entry.ts";

/**
 * The entries that stand at the end: of those with the same source and id (or, without an id, the same hashes) the last
 * one, and none that was taken back. Goes through the entries once before; memory for one name of each, about 150 bytes.
 */
export async function latestOf(entries: Entries): Promise<Entries> {
  const last = new Map<string, number>();
  let place = 0;
  for await (const batch of entries()) for (const entry of batch) last.set(entryName(entry), place++);
  return async function* () {
    let at = 0;
    for await (const batch of entries())
      yield batch.filter((entry) => last.get(entryName(entry)) === at++ && entry.deleted !== true);
  };
}

/** Tells an entry from others of its list: by its source and id, or by its hashes where it has no id. */
export function entryName(entry: ListEntry): string {
  const { id, sourceId, source } = entry;
  const name = id === undefined ? hashKinds.map((kind) => entry[kind]) : [sourceId ?? source, id];
  return name.join("\n");
}
