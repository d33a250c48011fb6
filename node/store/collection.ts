/** Collections: named sets of values of one type under tuple keys, with indexes that follow the values by themselves. */
import type { Key } from "./key.ts";

export interface Collection<T> {
  readonly name: string;
  /** For each index, under which tuples a value is found; several are allowed, none leaves it out. */
  readonly indexes: Readonly<Record<string, (value: T) => readonly Key[]>>;
}

const taken = new Set<string>();

/** Declares a collection; its name is for ever, since stored data lives under it. */
export function defineCollection<T>(
  name: string,
  options: { readonly indexes?: Collection<T>["indexes"] } = {},
): Collection<T> {
  if (taken.has(name)) throw new Error(`The collection "${name}" is defined twice.`);
  taken.add(name);
  return { name, indexes: options.indexes ?? {} };
}

export interface ListOptions {
  /** By this index instead of by key. */
  readonly index?: string;
  /** Only tuples (of the key, or of the index) that begin so. */
  readonly prefix?: Key;
  /** Only tuples after this one, or with `reverse` before it: where the last page ended. */
  readonly after?: Key;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface Entry<T> {
  readonly key: Key;
  readonly value: T;
}

/** What can be read, from the store or inside a unit of work. */
export interface Reader {
  get<T>(collection: Collection<T>, ...key: Key): Promise<T | undefined>;
  has<T>(collection: Collection<T>, ...key: Key): Promise<boolean>;
  list<T>(collection: Collection<T>, options?: ListOptions): AsyncIterable<Entry<T>>;
  count<T>(collection: Collection<T>, options?: Pick<ListOptions, "index" | "prefix">): Promise<number>;
}
