/** What a room sees of the store: keys, collections, and reading. */

/** A key part that would reveal something; on disk there is only a keyed hash of it. See `blind`. */
export interface Blind {
  readonly blind: string;
}

/**
 * An ordered tuple. Numbers (finite; times, sequences, priorities) sort by value; strings by code points; a number sorts
 * before a string. A blinded part is found by equality only. Numbers and strings stand on disk **in clear**: use random
 * ids, short words and times; blind every name, address, URL, host, hash or reference.
 */
export type KeyPart = string | number | Blind;
export type Key = readonly KeyPart[];

/**
 * A named set of records. `T` must be CBOR-encodable: plain objects, arrays, strings, finite numbers, bigints, bytes,
 * booleans, null; properties that are undefined are left out.
 */
export interface Collection<T> {
  readonly name: string;
  readonly indexes: Readonly<Record<string, (value: T) => readonly Key[]>>;
  /** A record once put is never replaced or deleted: spares the look at what its index entries were. */
  readonly writeOnce: boolean;
}

/** One change of one record; index entries follow by themselves. Made by `putting` and `deleting`. */
export interface Operation {
  readonly collection: Collection<never>;
  readonly key: Key;
  /** Absent: delete. */
  readonly value?: unknown;
  /** No record is there yet: spares the look at what its index entries were. */
  readonly added?: boolean;
}

export interface ListOptions {
  /** In the order of this index, and by its tuple; without it by the record's own key. */
  readonly index?: string;
  /** Only what begins with this tuple. */
  readonly prefix?: Key;
  /**
   * Goes on where an earlier list stopped: the `cursor` of its last entry, or a tuple, and then everything that begins
   * with that tuple is left out, too.
   */
  readonly after?: Key | string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface Entry<T> {
  /** The record's own key, blinded parts readable, as `put` and `delete` take it. */
  readonly key: Key;
  readonly value: T;
  /** Give it as `after` to go on behind this entry. Opaque; safe in a URL. */
  readonly cursor: string;
}

/**
 * Reads one consistent state. Every value is a copy of its own.
 * @throws `store/damaged` when a record was altered, moved or is missing behind its index entry
 */
export interface Reader {
  get<T>(collection: Collection<T>, ...key: Key): Promise<T | undefined>;
  has<T>(collection: Collection<T>, ...key: Key): Promise<boolean>;
  /** A list shows the state at its first step, whatever is written meanwhile. A record with two tuples in an index comes twice. */
  list<T>(collection: Collection<T>, options?: ListOptions): AsyncIterable<Entry<T>>;
  /**
   * Those of the tuples under which the index may list something, by their place; one look for all of them. None is left out; one
   * whose last record is being deleted may be among them.
   */
  listed<T>(collection: Collection<T>, index: string, tuples: readonly Key[]): Promise<Set<number>>;
  /** How many entries `list` would give; reads keys only. */
  count<T>(collection: Collection<T>, options?: Pick<ListOptions, "index" | "prefix">): Promise<number>;
}
