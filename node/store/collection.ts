/** Collections, blinding and changes, as the rooms write them down. */
import type { Blind, Collection, Key, Operation } from "./types.ts";

/**
 * Names a collection. The name is for ever: records are found and sealed under it.
 *
 *     const people = defineCollection<Person>("people", { indexes: { signIn: (p) => [[blind(p.signIn)]] } });
 */
export function defineCollection<T>(
  name: string,
  definition: {
    /** For each index the tuples under which it lists a value; none leaves the value out. */
    readonly indexes?: Collection<T>["indexes"];
    readonly writeOnce?: boolean;
  } = {},
): Collection<T> {
  return { name, indexes: definition.indexes ?? {}, writeOnce: definition.writeOnce ?? false };
}

/** A key part of which only a keyed hash reaches the disk: for everything that reveals something. */
export function blind(value: string): Blind {
  return { blind: value };
}

/** The change that puts a record. */
export function putting<T>(collection: Collection<T>, key: Key, value: T): Operation {
  return { collection: collection as Collection<never>, key, value };
}

/** The change that deletes a record. */
export function deleting<T>(collection: Collection<T>, key: Key): Operation {
  return { collection: collection as Collection<never>, key };
}
