/** What the play asks a member's process, and what it answers. What changes something can be asked again after a kill. */
import type { Publication, Speech } from "./schedule.ts";

export interface Answers {
  /** Says them, those not said before; answered once all are on disk. */
  say: void;
  /** Publishes or withdraws, unless that was done before; answered once it is on disk. */
  publish: void;
  standing: Standing;
  feeds: readonly FeedSeen[];
  arrivals: readonly Arrival[];
  stop: void;
}

export type Question =
  | { readonly do: "say"; readonly speeches: readonly Speech[]; readonly members: readonly string[] }
  | { readonly do: "publish"; readonly publication: Publication }
  | { readonly do: "standing" | "feeds" | "stop" }
  | { readonly do: "arrivals"; readonly about: readonly string[] };

export interface Standing {
  /** Members with whom a hello was exchanged. */
  readonly connected: number;
  /** Statements without a receipt. */
  readonly waiting: number;
  /** Why it only shows what it has, if so. */
  readonly readOnly: string | undefined;
}

/** A feed as a member holds it. */
export interface FeedSeen {
  readonly feed: string;
  readonly author: string;
  /** `epoch/height/hash` of the newest block. */
  readonly head: string;
  readonly frozen: boolean;
  /** SHA-256 over the records in force, in the order of their ids. */
  readonly live: string;
  /** Of an own feed: the readers that have not acknowledged its newest block. */
  readonly missing: readonly string[];
}

/** What a member's store and ledger say of one report. */
export interface Arrival {
  readonly about: string;
  /** For each statement and recipient `type result`, as the receipt says, or `type waiting`. */
  readonly sent: readonly string[];
  /** For each statement taken in `type author result`. */
  readonly received: readonly string[];
  /** Kinds of the ledger's entries, with the type for statements. */
  readonly entries: readonly string[];
}
