/** What takedown keeps: approved contacts, notices, and the watch over every URL that a notice named or would have named. */
import type { Hosting } from "../casework/index.ts";
import { blind, defineCollection } from "../store/index.ts";
import type { LookedAt } from "./look.ts";
import type { Watch } from "./watch.ts";

/** An abuse contact that a person approved before its first use. */
export interface Contact {
  address: string;
  approvedAt: number;
  /** Pseudonym in the matter in which it was approved. */
  approvedBy: string;
}

/** One URL of a notice. */
export interface Target extends LookedAt {
  report: string;
  item: string;
  /** Where it was hosted when it was approved; a host that changed since takes it out. */
  country?: string;
  provider?: string;
}

export interface Notice {
  id: string;
  contact: string;
  /** How often the provider is told of these URLs, this time included. */
  round: number;
  reports: string[];
  targets: Target[];
  /**
   * waiting: may still grow until `sendAt`. sending: marked on disk before the mail server is spoken to, so that after a
   * crash it is known that the mail may have left. sent, cancelled (nothing left to tell), failed (a person must look).
   */
  state: "waiting" | "sending" | "sent" | "cancelled" | "failed";
  created: number;
  sendAt: number;
  attempts: number;
  /** What was handed to the mail server, from the first mark on: a repeated mail is the same mail. */
  marked?: { at: number; items: string[] };
  sentAt?: number;
  reason?: string;
}

/** The watch over the items of one report. */
export interface ReportWatch {
  report: string;
  hosting: Hosting;
  contact: string;
  targets: (Target & { watch: Watch })[];
  /** Notices about it so far. */
  rounds: number;
  lastNotice?: number;
  /** Looks after everything was confirmed offline. */
  looksAfter: number;
}

export const contacts = defineCollection<Contact>("takedown.contacts", {});

export const notices = defineCollection<Notice>("takedown.notices", {
  indexes: {
    waiting: (notice) => (notice.state === "waiting" ? [[blind(notice.contact), notice.sendAt]] : []),
    report: (notice) => notice.reports.map((report) => [report, notice.created]),
  },
});

export const watches = defineCollection<ReportWatch>("takedown.watches", {});
