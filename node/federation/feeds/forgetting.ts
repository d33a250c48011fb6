/** Deleting many rows, some in each unit. */
import type { Unit } from "../../commit/index.ts";
import type { Collection, ListOptions } from "../../store/index.ts";

/** Deletes what a list gives. Returns how many. */
export async function deleteListed<T>(
  unit: Unit,
  collection: Collection<T>,
  listed: ListOptions,
): Promise<number> {
  let deleted = 0;
  for await (const { key } of unit.list(collection, listed)) {
    unit.delete(collection, key);
    deleted++;
  }
  return deleted;
}
