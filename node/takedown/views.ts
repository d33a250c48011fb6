/** What the API shows of notices. Times are milliseconds since 1970. */
import { z } from "zod";
import { ladderSteps } from "../configuration/index.ts";
import { askingReasons } from "./cases.ts";
import { noticeStates, ways } from "./records.ts";

const time = z.number();
const step = z.enum(ladderSteps);
const reportLabel = z.object({ id: z.string(), reference: z.string() });

export const noticeView = z.object({
  id: z.string(),
  state: z.enum(noticeStates),
  way: z.enum(ways),
  step,
  contact: z.string(),
  /** How often this contact was told of these URLs, this time included. */
  round: z.number(),
  reports: z.array(reportLabel),
  items: z.number(),
  created: time,
  /** Not before; of one that waits. */
  sendAt: time,
  sentAt: time.optional(),
  attempts: z.number(),
  /** Why it was cancelled, or the code by which it failed. */
  reason: z.string().optional(),
  /** The contact's own number. */
  ticket: z.string().optional(),
  acknowledged: time.optional(),
  bounced: z.object({ at: time, final: z.boolean(), status: z.string() }).optional(),
  replies: z.number(),
});

/** What a notice says, word for word. */
export const wordsView = z.object({
  language: z.string(),
  subject: z.string(),
  text: z.string(),
  /** One XARF report per URL. */
  xarf: z.array(z.record(z.string(), z.unknown())),
});

/** An answer as text; attachments were never opened, and are not kept. */
export const replyView = z.object({
  id: z.string(),
  at: time,
  kind: z.enum(["bounce", "automatic", "answer"]),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  /** There was more text than is kept, or it could not be read. */
  cut: z.boolean(),
  attachments: z.array(z.object({ name: z.string(), bytes: z.number() })),
  bounce: z.object({ final: z.boolean(), status: z.string() }).optional(),
  ticket: z.string().optional(),
});

export const noticeDetail = noticeView.extend({
  /** From the moment it was first handed over. */
  words: wordsView.optional(),
  /** The newest last. */
  replyList: z.array(replyView),
});

/** A notice before it is approved: what would be said if it left now, of this report alone. */
export const noticePreview = z.object({
  contact: z.string(),
  way: z.enum(ways),
  step,
  round: z.number(),
  /** Whether a person approved this contact before. */
  approved: z.boolean(),
  /** Whether a named organisation has checked the text in this language. */
  text: z.object({
    language: z.string(),
    name: z.string(),
    verified: z.boolean(),
    verifiedBy: z.string().optional(),
    note: z.string(),
  }),
  words: wordsView,
});

const hosted = z.object({
  report: reportLabel,
  host: z.string(),
  provider: z.string().optional(),
  country: z.string().optional(),
  /** Since when it is ours to get removed. */
  since: time,
});

export const boardStates = [
  "to-approve", // a person must approve a contact
  "waiting", // in the grouping window, or until the contact's day has room
  "held", // police asked that nobody is told yet
  "sending",
  "to-send", // written, for a person to send by hand
  "notified", // told; looked at until it is gone
] as const;

export const takedownRow = hosted.extend({
  state: z.enum(boardStates),
  step,
  contact: z.string().optional(),
  round: z.number(),
  sentAt: time.optional(),
  acknowledged: time.optional(),
  /** What comes next, and when; without a time it is for a person. */
  next: z.object({
    what: z.enum(["approve", "send", "send-by-hand", "remind", "escalate", "look"]),
    at: time.optional(),
  }),
});

/** A report for which a person must choose or approve a contact. */
export const waitingContact = hosted.extend({
  step,
  why: z.enum(askingReasons),
  asked: time,
  /** The best first; none is not "there is none": it can be entered. */
  candidates: z.array(
    z.object({
      address: z.string(),
      source: z.string(),
      approved: z.boolean(),
      undeliverable: z.boolean(),
    }),
  ),
});
