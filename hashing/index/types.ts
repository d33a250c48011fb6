/** What the match index takes and gives. */
import type { dihedralNames } from "../pdq/index.ts";

export type DihedralName = (typeof dihedralNames)[number];

/** A list of hashes, and how it is to be matched. */
export interface ListSettings {
  /** Names the list in entries and matches. At most 65,535 lists were ever known to one folder. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Most bits in which a PDQ hash may differ, 0 to 63. Default 31, the field's usual threshold; above it, a query scans. */
  readonly distance?: number;
  /** Least PDQ quality, of the entry as of the query. Default 50: poorer pictures hash to noise. */
  readonly quality?: number;
  /** Only queries that ask for this audience see the list. Left out: everybody's. */
  readonly audience?: string;
  /** Its pictures are known to be harmless: instead of being a match, they suppress others (see `Answer`). */
  readonly knownGood?: boolean;
}

/** Names an entry: adding another with the same list and key replaces it. */
export interface EntryKey {
  /** `ListSettings.id`. */
  readonly list: string;
  /** The caller's number for the advert or line: an integer from 0 to 2^48 - 1. */
  readonly key: number;
}

/** The digests of a file, lower-case hexadecimal. */
export interface Digests {
  readonly sha256?: string;
  readonly sha1?: string;
  readonly md5?: string;
}

/** One known picture or file. It has at least one hash. */
export interface Entry extends EntryKey, Digests {
  /** Whose advert it is. At most 65,535 different ones. */
  readonly source: string;
  /** At most 255 different ones. */
  readonly verdict: string;
  /** As `parsePdq` accepts it. */
  readonly pdq?: string;
  /** Of the PDQ hash, 0 to 100. Default 100, for lists that do not say. */
  readonly quality?: number;
  /** Somebody contradicts the verdict; told with every match. */
  readonly disputed?: boolean;
}

/** What to take out. A PDQ hash is found by list and key; digests only by themselves, so give those that were added. */
export type Removal = EntryKey & Digests;

/** One picture or file that is looked for, by any of its hashes. */
export interface Query extends Digests {
  readonly pdq?: string;
  /** In the order of `dihedralNames`: the hashes of the picture turned and mirrored. Stands in place of `pdq`. */
  readonly dihedral?: readonly string[];
  /** Of its PDQ hash. Lists that want better ones are not searched. Left out: good enough for all. */
  readonly quality?: number;
  /** For whom it is asked: lists of other audiences are left out. Default: none, so only everybody's lists. */
  readonly audiences?: readonly string[];
}

export type MatchKind = "sha256" | "sha1" | "md5" | "pdq";

/** Everything needed to act on it. */
export interface Match extends EntryKey {
  readonly source: string;
  readonly verdict: string;
  readonly quality: number;
  readonly disputed: boolean;
  readonly kind: MatchKind;
  /**
   * Whether the file is the known one beyond doubt: true for SHA-256 alone. MD5 and SHA-1 collide and PDQ means
   * likeness, so those matches find, and never decide.
   */
  readonly decides: boolean;
  /** Bits that differ; 0 for digests. */
  readonly distance: number;
  /** Which of the eight turns of the query was nearest; only where the query had them. */
  readonly turn?: DihedralName;
}

/**
 * Matches are ordered by what they prove: SHA-256, SHA-1, MD5, then PDQ from near to far. An entry stands once for each
 * kind of hash by which it was found.
 *
 * A known-good SHA-256 suppresses everything. A known-good PDQ hash suppresses the PDQ matches that are not nearer to
 * the query than itself. Known-good SHA-1 and MD5 suppress nothing, since anybody can make two files that share one.
 */
export interface Answer {
  /** All matches that were not suppressed, also those beyond the limit. */
  readonly total: number;
  /**
   * Only there when more than 65,536 different hashes of one shard were near: the nearest of them were weighed, and
   * `total` counts no others.
   */
  readonly totalIsLeast?: true;
  readonly matches: Match[];
  /** The known-good entry that stands against matches, nearest first; told whether or not there were any. */
  readonly suppressedBy?: Match;
}

export interface MatchOptions {
  /** Most matches returned for each query. Default 100: more than anybody reads; 0 only counts. */
  readonly limit?: number;
}

export interface BuildOptions {
  /** Told now and then how many entries are in. */
  readonly onProgress?: (done: number) => void;
  /** Told of each entry that is refused, and the others go on. Left out: the first one ends the build with its error. */
  readonly onRefused?: (entry: Entry, error: Error) => void;
  /** Ends the build between two batches with the signal's reason. What is in stays in. */
  readonly signal?: AbortSignal;
}

export interface MatchIndexOptions {
  readonly lists: readonly ListSettings[];
  /** Where it is kept, sealed. Left out: in memory only, with digests sealed under a forgotten key in a temporary folder. */
  readonly store?: {
    /** The folder is the index's alone; it is made when it is not there. One process opens it at a time. */
    readonly folder: string;
    /** 32 secret bytes. Without them the folder tells nothing but its size. */
    readonly key: Uint8Array;
  };
  /** Threads that search, beside one for digests. Default: the processor's cores less one, at least 1. */
  readonly threads?: number;
  /**
   * Most different PDQ hashes it will ever hold; decides into how many shards they are spread, and is fixed when the
   * index is created. Default 10 million. Memory is taken as it is needed.
   */
  readonly capacity?: number;
  /** Most bytes for PDQ hashes and what is known of them. Default: three quarters of the machine's (or container's) memory. */
  readonly memory?: number;
  /** Most queries that wait at once; more are refused. Default 10,000: some seconds of work. */
  readonly queue?: number;
}

/**
 * Errors of all calls: `hashing/index-closed`; `hashing/index-crashed` when a thread died: what was not saved is lost,
 * open it again and add from its mark on.
 */
export interface MatchIndex {
  /** Entries with a PDQ hash. */
  readonly entries: number;
  /** Different PDQ hashes. */
  readonly hashes: number;
  /** Memory that these take. */
  readonly bytes: number;
  /** As last saved: where the owner feeds on from after opening. */
  readonly mark: string | undefined;
  /**
   * Adds entries; one with the same list and key is replaced (its PDQ hash and what is said of it; digests that changed
   * are removed by the caller). All or none are in when it resolves, for every query that follows.
   * Errors: `hashing/bad-entry`, `hashing/pdq-format`, `hashing/pdq-constant`, `hashing/full`, `hashing/out-of-memory`
   * (before it happens); then nothing was added.
   */
  add(entries: readonly Entry[]): Promise<void>;
  /** Takes entries out; those that are not there change nothing. Errors: `hashing/bad-entry`. */
  remove(entries: readonly Removal[]): Promise<void>;
  /**
   * As `add`, for any number, each once: reads as fast as the threads take it, and answers queries meanwhile. Resolves
   * with the number of entries. What was empty before is laid out at the end, all at once and compact: its entries are
   * seen from then on, and queries wait for that, about half a second for a million hashes.
   */
  build(entries: AsyncIterable<Entry> | Iterable<Entry>, options?: BuildOptions): Promise<number>;
  /**
   * Everything known of one picture or file. Errors: `hashing/bad-query`, `hashing/pdq-format`, and `hashing/index-busy`
   * when more queries wait than the queue takes.
   */
  match(query: Query, options?: MatchOptions): Promise<Answer>;
  /** One answer for each query, in their order: much cheaper than one by one. Errors as `match`. */
  matchAll(queries: readonly Query[], options?: MatchOptions): Promise<Answer[]>;
  /** From now on these lists count. Entries of others stay, unseen. Error: `hashing/bad-list`. */
  setLists(lists: readonly ListSettings[]): Promise<void>;
  /** Resolves when everything lies in order for the fastest queries. It goes on in the background without it, too. */
  compact(): Promise<void>;
  /**
   * Writes it to its folder, in one step that survives a crash at any moment, with the caller's mark of what was added
   * before. Additions wait meanwhile, queries do not. Errors: `hashing/no-folder`, `hashing/index-write`.
   */
  save(mark?: string): Promise<void>;
  /** Ends the threads. What was added since the last `save` is not kept. */
  close(): Promise<void>;
}
