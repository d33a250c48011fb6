/**
 * What a capture keeps while it goes on, so that it can go on after anything: one record of where it stands, one of each
 * address that it has found, and one of each file that it has seen. Addresses stand on disk sealed, their keys blinded.
 */
import { createHash } from "node:crypto";
import { blind, defineCollection, type Key } from "../store/index.ts";

export type RunState = (typeof runStates)[number];
export const runStates = [
  "running", // a job works on it, or will
  "paused", // a person has stopped it for now
  "ended", // nothing is fetched any more; its frontier is being cleared or gone
] as const;

export interface Run {
  state: RunState;
  url: string;
  startedAt: number;
  /** The reported page, where it redirected to. Absent until it was read. */
  first?: { url: string; address: string };
  /** Number for the next address. */
  next: number;
  pages: Tally;
  /** Pictures, videos, archives. */
  items: Tally;
  /** Style sheets that were found. */
  styles: number;
  /** Over the network and after decompression, milliseconds of work. */
  bytes: number;
  time: number;
  /** The limit or person that cut it short, in a sentence. */
  cut?: string;
  /** What the site said instead of its content, in a sentence. */
  said?: string;
  /** The page shows nothing without its scripts. */
  scripted?: boolean;
}

export interface Tally {
  done: number;
  found: number;
}

/** What an address was found as. Files first, then what says which pictures belong to the page, then other pages. */
export const kinds = ["file", "style", "frame", "page"] as const;
export type Kind = (typeof kinds)[number];

export interface Place {
  /** Its own URL; for a picture written into a page, `data:` with its digest, which cannot be fetched again. */
  url: string;
  /** The page that shows it or links to it. */
  foundOn: string;
}

export interface Waypoint extends Place {
  run: string;
  number: number;
  kind: Kind;
  /** Links followed from the reported page. */
  depth: number;
  /** Frames within frames, style sheets that import others. */
  nesting: number;
  waiting: boolean;
}

export const runs = defineCollection<Run>("capture.runs");

export const frontier = defineCollection<Waypoint>("capture.frontier", {
  indexes: {
    waiting: ({ run, waiting, kind, number }) => (waiting ? [[run, kinds.indexOf(kind), number]] : []),
  },
});

/** Where an address stands in the frontier. Pictures written into a page have addresses of megabytes. */
export const waypointKey = (run: string, url: string): Key => [
  run,
  blind(createHash("sha256").update(url).digest("hex")),
];
