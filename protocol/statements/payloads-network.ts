/** Payload schemas of what keeps the network honest: disputes, recalls, incidents, statistics, and words between people. */
import { z } from "zod";
import { verdictSchema } from "../vocabulary/index.ts";
import {
  countrySchema,
  hexOf,
  idSchema,
  memberIdSchema,
  milliseconds,
  reportReference,
  text,
} from "./fields.ts";

/** "We looked and see it differently." An open dispute stops every automatic effect of the disputed verdict. */
export const assessmentDispute = z.looseObject({
  dispute: idSchema,
  assessment: idSchema,
  sha256: hexOf(32),
  verdict: verdictSchema,
  reason: text(2000),
  state: z.enum(["opened", "withdrawn", "agreed"]),
  at: milliseconds,
});

/** Asks every holder to take back what was said: a wrong verdict, a victim's wish, a court's order. */
export const recallRequest = z.looseObject({
  recall: idSchema,
  subject: z.enum(["statement", "assessment", "material", "record"]),
  statements: z.array(idSchema).max(500).default([]),
  sha256: z.array(hexOf(32)).max(500).default([]),
  reason: z.enum(["mistake", "victim-request", "court-order", "retention-ended", "other"]),
  note: text(2000).optional(),
});

export const recallDone = z.looseObject({
  recall: idSchema,
  outcome: z.enum(["done", "partly", "refused", "not-held"]),
  /** Why it could not be done, when it could not: a legal hold, for instance. */
  note: text(2000).optional(),
  at: milliseconds,
});

/** A known or suspected breach, or any irregularity in processing: told within 24 hours. */
export const incidentBreach = z.looseObject({
  incident: idSchema,
  kind: z.enum(["lost-credential", "stolen-credential", "unauthorised-access", "irregularity", "other"]),
  suspected: z.boolean(),
  from: milliseconds,
  noticed: milliseconds,
  /** Whose data may be concerned. */
  members: z.array(memberIdSchema).max(256).default([]),
  contained: z.boolean(),
  summary: text(4000),
});

export const incidentInterruption = z.looseObject({
  incident: idSchema,
  state: z.enum(["began", "continues", "ended"]),
  services: z
    .array(z.enum(["intake", "assessment", "exchange", "takedown", "other"]))
    .min(1)
    .max(5),
  began: milliseconds,
  expectedEnd: milliseconds.optional(),
  ended: milliseconds.optional(),
  summary: text(4000),
});

/** Counts of one period. Every duration names the clock that it was measured with. */
export const statisticsContribution = z.looseObject({
  from: milliseconds,
  until: milliseconds,
  rows: z
    .array(
      z.looseObject({
        measure: text(64),
        clock: z.enum(["received", "assessed", "lea-told", "notice-sent"]).optional(),
        country: countrySchema.optional(),
        count: z.int().nonnegative(),
        medianMs: milliseconds.optional(),
      }),
    )
    .min(1)
    .max(2000),
});

/** What a message points at. Never the thing itself: who reads it looks it up at home. */
const messageReference = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("item"), sha256: hexOf(32) }),
  z.looseObject({ kind: z.literal("report"), report: reportReference }),
  z.looseObject({
    kind: z.literal("advert"),
    author: memberIdSchema,
    record: idSchema,
    sha256: hexOf(32),
  }),
  /** What a member sent to a provider about a report, by when it left: told in `notice.outcome`. */
  z.looseObject({
    kind: z.literal("notice"),
    by: memberIdSchema,
    report: reportReference,
    sentAt: milliseconds,
  }),
  /** Material that was asked for, by its `material.request`. */
  z.looseObject({ kind: z.literal("material"), request: idSchema, sha256: hexOf(32) }),
]);

/** Words between the people of members about one matter. Its author and all of `to` are the parties of the conversation. */
export const conversationMessage = z.looseObject({
  conversation: idSchema,
  /** The matter. Readers refuse a message without one; it is optional only for the sake of what was signed before it was here. */
  report: reportReference.optional(),
  references: z.array(messageReference).max(20).optional(),
  /** Per-matter pseudonym of the writer. */
  pseudonym: text(64),
  text: text(10_000),
});
