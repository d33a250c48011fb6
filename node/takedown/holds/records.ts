/** What is kept of holds: the hold itself, and what it costs for each report that it covers. */
import type { PayloadOf } from "@wardline/protocol/statements";
import { blind, defineCollection, type Key } from "../../store/index.ts";
import { scopeKeys, type Scope } from "./scope.ts";

/** The durable job of each hold. */
export const holdJob = "takedown.hold";

export type HoldOutcome = PayloadOf<"lea.release">["outcome"];

export interface HoldOwner {
  /** The police member whose statement it is; absent for a hold that arrived by letter. */
  member?: string;
  /** The organisation, as the letter names it. */
  agency?: string;
  /** The owner's number for it. */
  hold: string;
  /** The owner's name for the matter; no person's name. */
  reference?: string;
  contact?: string;
}

export interface Hold {
  id: string;
  owner: HoldOwner;
  legalBasis: string;
  reason: string;
  scope: Scope;
  placed: number;
  from: number;
  expires: number;
  /**
   * planned: begins later. finding: in force; the reports that it covers are being looked up. running: they are found,
   * and new ones are added as they come. ending: not in force any more; what waited is let go, report by report. ended.
   */
  state: "planned" | "finding" | "running" | "ending" | "ended";
  /** Its end was announced to both sides. */
  reminded: boolean;
  outcome?: HoldOutcome;
  ended?: number;
  /** Every step, the oldest first; nothing is ever taken out. */
  history: {
    at: number;
    what: "placed" | "extended" | "reminded" | "ended";
    by: string;
    expires?: number;
    note?: string;
  }[];
}

/** What one address of a report costs under one hold. */
export interface HeldUrl {
  item: string;
  url: string;
  looks: number;
  /** Milliseconds between looks that found it, added up. */
  onlineFor: number;
  /** When it was last found, while nothing else was seen since. */
  lastOnline?: number;
  gone?: number;
  moved?: number;
}

/** One report under one hold. */
export interface Held {
  hold: string;
  report: string;
  since: number;
  until?: number;
  /** When its provider had been told, if that was before the hold. */
  noticedBefore?: number;
  urls: HeldUrl[];
}

const inForce: readonly Hold["state"][] = ["finding", "running"];
export const isInForce = (hold: Hold) => inForce.includes(hold.state);
const isOver = (hold: Hold) => hold.state === "ending" || hold.state === "ended";

export const holds = defineCollection<Hold>("takedown.holds", {
  indexes: {
    placed: (hold) => [[hold.placed]],
    /** By what it covers, while it is in force. */
    scope: (hold) => (isInForce(hold) ? scopeKeys(hold.scope).map((key): Key => [blind(key)]) : []),
    finding: (hold) => (hold.state === "finding" ? [["finding"]] : []),
    /** Those of one member that are not over. */
    owner: (hold) => (hold.owner.member !== undefined && !isOver(hold) ? [[hold.owner.member]] : []),
  },
});

export const helds = defineCollection<Held>("takedown.held", {
  indexes: {
    /** While it runs. */
    report: (held) => (held.until === undefined ? [[held.report, held.hold]] : []),
    "of-report": (held) => [[held.report, held.since]],
  },
});
