/** What the decoders of the four formats have in common: text goes in as it arrives, candidates and problems come out. */
import type { Candidate } from "./entry.ts";

export interface Limits {
  /**
   * Most characters of one entry: a line, a CSV record, a JSON value, an XML tag or text. Default 4 Mi, which holds the
   * line of a video with ten hours of frames; memory in use is a small multiple of it.
   */
  longestEntry: number;
  /** Most entries of one list. Default 200 million, twice the largest shared lists. */
  mostEntries: number;
  /** Deepest nesting of XML elements. Default 32; hash-sharing lists have seven levels. */
  deepest: number;
}

export const defaultLimits: Limits = { longestEntry: 4 * 1024 * 1024, mostEntries: 200_000_000, deepest: 32 };

/** What a page of an exchange says about itself. */
export interface PageFacts {
  /** Entries that it says it has. */
  count?: number;
  /** The newest change in it, seconds since 1970. */
  newest?: number;
  /** Where the next page is: an address or a token; absent on the last page. */
  next?: string;
}

export interface Sink {
  /** An entry that begins on `line`. */
  found(line: number, candidate: Candidate): void;
  /** Something at `line` that cannot be an entry. */
  refused(line: number, code: string, message: string): void;
  page(facts: PageFacts): void;
}

/**
 * Decoders are synchronous, hold at most one entry, and call the sink while they are written to. They throw a
 * `HashingError` only where nothing after it can be trusted.
 */
export interface Decoder {
  write(text: string): void;
  end(): void;
}

export type StartDecoder = (sink: Sink, limits: Limits) => Decoder;
