/**
 * What casework keeps. A report holds its items; an item holds every assessment and action of any member, each with its
 * author and time. Values are sealed by the store; index keys that would reveal something are blinded.
 */
import type { z } from "zod";
import type { PayloadOf } from "@wardline/protocol/statements";
import type { ActionKind, Facts, Verdict } from "@wardline/protocol/vocabulary";
import type { CapturedItem } from "../capture/index.ts";
import type { Said, Subject } from "../jurisdiction/index.ts";
import { blind, defineCollection, type Key } from "../store/index.ts";
import type { hostingView, itemStates, reportStates, timestampsView } from "./views.ts";

export type ReportState = (typeof reportStates)[number];
export type ItemState = (typeof itemStates)[number];
export type Hosting = z.infer<typeof hostingView>;
export type Timestamps = z.infer<typeof timestampsView>;
export type SharedAssessment = PayloadOf<"assessment.share">["assessments"][number]["assessment"];

/** One verdict with its author, as it also travels; withdrawn ones stay on record and count no more. */
export interface Assessment extends SharedAssessment {
  withdrawn?: boolean;
}

export interface Action {
  kind: ActionKind;
  by: string;
  at: number;
  detail?: string;
}

/** A page that the capture read. `foundOn` is the page that leads to it or shows it in a frame. */
export interface ReportedPage {
  url: string;
  status: number;
  images: number;
  foundOn?: string;
  kind?: "page" | "frame";
  depth?: number;
  /** Names in the vault. */
  screenshot?: { original: string; preview: string };
}

export interface Report {
  id: string;
  reference: string;
  url: string;
  /** The form under which two filings of one URL are the same. */
  canonical: string;
  host: string;
  source: "public" | "analyst" | "member";
  origin?: { member: string; reference: string };
  note?: string;
  /** How often the URL was filed while the report was open. */
  filings: number;
  state: ReportState;
  /** Smaller comes first in the queue; see `queue.ts`. */
  priority: number;
  lease?: { person: string; name: string; until: number };
  hosting?: Hosting;
  route?: { member?: string; sentence: string; decision?: Said };
  /** What it is about, as far as members divide the work by it; known once it was routed. */
  subject?: Subject;
  timestamps: Timestamps;
  pages: ReportedPage[];
  /** `scripted`: nothing was found on a page that needs its scripts. */
  capture: { done: number; total: number; note?: string; scripted?: boolean };
  /** A person asked for it to be captured in a browser that runs its scripts. */
  scripts?: boolean;
  /** A capture here of a report that another member sent, asked for by a person. */
  recapture?: boolean;
  counts: { items: number; open: number; known: number; refused: number };
  /** When nobody was to be told, at the request of police. The last one may be open. */
  holds?: { from: number; until?: number }[];
  /** Every time that was ever noted, the oldest first: `timestamps` says what counts now, this what was so before. */
  moments?: { what: keyof Timestamps; at: number }[];
  actions: Action[];
  feedback: { member: string; status: string; note?: string; at: number }[];
}

export interface Item {
  id: string;
  report: string;
  /** In the order in which it was found. */
  position: number;
  url: string;
  foundOn: string;
  /** Archives are listed, kept sealed, and never opened. */
  kind: "image" | "video" | "archive";
  /** Of a video or an archive: what its server calls it. */
  name?: string;
  mime: string;
  bytes: number;
  width?: number;
  height?: number;
  /** Of a video, in seconds. */
  duration?: number;
  /** `sha256` is empty for a file that was refused before it could be read whole. */
  digests: { sha256: string; sha1?: string; md5?: string; pdq?: string; quality?: number };
  /** What its camera wrote into it; stays here. */
  camera?: NonNullable<CapturedItem["camera"]>;
  state: ItemState;
  refused?: { code: string; message: string };
  known?: { member: string; record: string; verdict: Verdict; sentence: string };
  near?: { member: string; verdict: Verdict; distance: number };
  assessments: Assessment[];
  actions: Action[];
  online: "unknown" | "online" | "missing" | "offline";
  /** Names in the vault, while this organisation holds the material. */
  original?: string;
  preview?: string;
  /** Whether whoever told us holds it. */
  heldElsewhere?: boolean;
}

/** A person's verdict before it is part of the record; it can be undone until the report is completed. */
export interface Draft {
  report: string;
  item: string;
  person: string;
  verdict: Verdict;
  facts: Facts;
  at: number;
}

const blinded = (...words: string[]): Key[] =>
  words.filter((word) => word !== "").map((word) => [blind(word)]);

export const reports = defineCollection<Report>("casework.reports", {
  indexes: {
    queue: (report) => [[report.state, report.priority, report.timestamps.received]],
    received: (report) => [[report.timestamps.received]],
    canonical: (report) => blinded(report.canonical),
    /** Exact words that a search finds it by. */
    words: (report) => blinded(...searchWords(report)),
  },
});

export const items = defineCollection<Item>("casework.items", {
  indexes: {
    id: (item) => [[item.id]],
    sha256: (item) => blinded(item.digests.sha256),
  },
});

export const drafts = defineCollection<Draft>("casework.drafts", {});

/** Numbers given out for references, by year. */
export const counters = defineCollection<{ last: number }>("casework.counters", {});

/** Without case and surrounding space: what a person types into the search. */
export const searchWord = (word: string): string => word.trim().toLowerCase();

function searchWords(report: Report): string[] {
  const origin = report.origin?.reference ?? "";
  const name = URL.canParse(report.canonical) ? new URL(report.canonical).hostname : report.host;
  return [
    ...new Set([report.reference, origin, report.url, report.canonical, report.host, name].map(searchWord)),
  ];
}
