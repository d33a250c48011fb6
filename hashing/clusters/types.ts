/** What clusters take and give. */

/** The caller's name for a picture. */
export type Key = string | number;

export interface Picture<K extends Key> {
  readonly key: K;
  /** PDQ, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  /** 0 to 100. */
  readonly quality: number;
}

export interface ClustersOptions {
  /** Most bits between a member and its representative, 0 to 63. Default 31, the field's usual threshold. */
  readonly distance?: number;
  /**
   * Pictures below this quality are grouped with equal hashes only. Default 50: poorer pictures hash to noise, and near
   * noise is nothing.
   */
  readonly quality?: number;
  /** Most different hashes, at most 16,777,215. Default 4 million; memory is taken as they come. */
  readonly capacity?: number;
}

export interface StepOptions {
  /** Stops between two pictures, with the signal's reason as the error; what was done stays. */
  readonly signal?: AbortSignal;
  /** Told after each step how many pictures of this call are done. */
  readonly progress?: (done: number) => void;
}

export interface Member<K extends Key> {
  readonly key: K;
  readonly quality: number;
  /** Bits between it and the representative. */
  readonly distance: number;
}

export interface Group<K extends Key> {
  readonly id: number;
  /** Pictures. */
  readonly size: number;
  /** The picture of the highest quality; of equal ones the one with the smallest hash, then key. */
  readonly representative: K;
  /** All pictures, the representative first, then in no order. Take them before the next change. */
  members(): IterableIterator<Member<K>>;
}

/**
 * Groups of pictures. Work is done on the caller's thread in steps of some milliseconds, between which the event loop
 * lives; changes that are asked for at once are done one after the other. What is read while one is under way shows the
 * work so far: some pictures may then have no group yet.
 */
export interface Clusters<K extends Key> {
  /** Pictures. */
  readonly size: number;
  /** Groups, those of one picture too. */
  readonly count: number;
  /**
   * Adds pictures; a key that is there already gets the new hash and quality. Adding many at once is cheaper than one by
   * one. Errors: `hashing/pdq-format` (nothing was added), `hashing/full`.
   */
  add(pictures: readonly Picture<K>[], options?: StepOptions): Promise<void>;
  /** Forgets pictures; keys that are not there are passed over. */
  remove(keys: readonly K[], options?: StepOptions): Promise<void>;
  groupOf(key: K): Group<K> | undefined;
  group(id: number): Group<K> | undefined;
  /** Groups with at least `least` pictures (default 2), in no order. Take them before the next change. */
  groups(least?: number): IterableIterator<Group<K>>;
}
