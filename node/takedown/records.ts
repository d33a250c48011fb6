/** What takedown keeps: approved contacts, notices, and the watch over every URL that a notice named or would have named. */
import type { Hosting } from "../casework/index.ts";
import type { ladderSteps } from "../configuration/index.ts";
import { blind, defineCollection } from "../store/index.ts";
import type { LookedAt } from "./look.ts";
import type { Watch } from "./watch.ts";
import type { Xarf } from "./xarf-schema.ts";

/** Who is told: the steps of the ladder. */
export type LadderStep = (typeof ladderSteps)[number];

/** How a contact is reached: `mail`; a provider's HTTP interface; a person who fills in a form. */
export const ways = ["mail", "api", "hand"] as const;
export type Way = (typeof ways)[number];

/** A contact (mail address, or URL of an interface or form) that a person approved before its first use. */
export interface Contact {
  address: string;
  approvedAt: number;
  /** Pseudonym in the matter in which it was approved. */
  approvedBy: string;
  /** A bounce said that nothing reaches it, with its status; until a person approves it again. */
  undeliverable?: { at: number; status: string };
}

/** One URL of a notice. */
export interface Target extends LookedAt {
  report: string;
  item: string;
  /** Where it was hosted when it was approved; a host that changed since takes it out. */
  country?: string;
  provider?: string;
}

export const noticeStates = ["waiting", "sending", "to-send", "sent", "cancelled", "failed"] as const;

export interface Notice {
  id: string;
  /** A mail address, or the URL of an interface or form. */
  contact: string;
  way: Way;
  step: LadderStep;
  /** How often this contact is told of these URLs, this time included. */
  round: number;
  reports: string[];
  targets: Target[];
  /**
   * waiting: may still grow until `sendAt`. sending: marked on disk before the mail server is spoken to, so that after a
   * crash it is known that the mail may have left. to-send: written, for a person to send it by hand. sent, cancelled
   * (nothing left to tell), failed (a person must look).
   */
  state: (typeof noticeStates)[number];
  created: number;
  sendAt: number;
  attempts: number;
  /** Stands in the return path of its mail, so that answers find it; nobody else can guess it. */
  token: string;
  /** The notice to the same contact before this one. */
  follows?: string;
  /** What was handed over, from the first mark on: a repeated mail is the same mail. */
  marked?: { at: number; items: string[] };
  sentAt?: number;
  reason?: string;
  /** Requests that the provider's interface has taken already, with its number for each. */
  taken?: { key: string; id?: string }[];
  /** The contact's own number for it: of its answer, its interface, or noted by the person who sent it. */
  ticket?: string;
  /** When the contact first said that it had it. */
  acknowledged?: number;
  bounced?: { at: number; final: boolean; status: string };
}

/** The watch over the items of one report. */
export interface ReportWatch {
  report: string;
  hosting: Hosting;
  contact: string;
  step: LadderStep;
  targets: (Target & { watch: Watch })[];
  /** Notices about it to this contact so far. */
  rounds: number;
  lastNotice?: number;
  /** Looks after everything was confirmed offline. */
  looksAfter: number;
}

export const contacts = defineCollection<Contact>("takedown.contacts", {});

const openStates: readonly Notice["state"][] = ["waiting", "sending", "to-send"];
/** Still to be sent: no other notice about its reports may begin. */
export const isOpen = ({ state }: Notice): boolean => openStates.includes(state);

export const notices = defineCollection<Notice>("takedown.notices", {
  indexes: {
    waiting: (notice) => (notice.state === "waiting" ? [[blind(notice.contact), notice.sendAt]] : []),
    report: (notice) => notice.reports.map((report) => [report, notice.created]),
    token: (notice) => [[blind(notice.token)]],
    sent: ({ contact, sentAt }) => (sentAt === undefined ? [] : [[blind(contact), sentAt]]),
  },
});

/** What is told, whichever way it goes. */
export interface WrittenNotice {
  subject: string;
  language: string;
  text: string;
  /** Our own references, comma-separated. */
  references: string;
  /** In the order of the text. */
  reports: Xarf[];
}

/** What a notice says, kept from the moment it was first handed over. */
export const writtenNotices = defineCollection<WrittenNotice>("takedown.written", {});

export const watches = defineCollection<ReportWatch>("takedown.watches", {});
