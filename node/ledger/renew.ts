/** The log of a new epoch: the same entries under another name, so that no checkpoint of it contradicts one of the old. */
import type { Collection, Key, Reader } from "../store/index.ts";
import { heads } from "./records.ts";

/**
 * From the next opening on the log is `origin`; its first checkpoint takes the place of the file's. For a node that was
 * restored: the old log's entries that are lost stay lost, and nothing is signed in its name any more.
 */
export async function renewLedger(
  unit: Reader & { put<T>(collection: Collection<T>, key: Key, value: T): void },
  origin: string,
): Promise<void> {
  const size = (await unit.get(heads))?.size ?? 0;
  unit.put(heads, [], { origin, size, renewed: true });
}
