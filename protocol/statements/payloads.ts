/**
 * Payload schemas of the statements that carry the main story of a report.
 * Unknown fields are preserved (`looseObject`); a reader that must not ignore one finds it in the statement's `critical`.
 */
import { z } from "zod";
import {
  countrySchema,
  hexOf,
  idSchema,
  memberIdSchema,
  milliseconds,
  reportReference,
  text,
  urlSchema,
} from "./fields.ts";
import { factsSchema, siteTypes, verdictSchema, vocabularySchema } from "../vocabulary/index.ts";

export const digestsSchema = z.looseObject({
  sha256: hexOf(32),
  sha1: hexOf(20).optional(),
  md5: hexOf(16).optional(),
  pdq: hexOf(32).optional(),
  quality: z.int().min(0).max(100).optional(),
});

/** One verdict with its author. `seen`: a person of the author looked; `derived`: taken over from another's record. */
export const assessmentSchema = z.looseObject({
  id: idSchema,
  author: memberIdSchema,
  /** Per-matter pseudonym of the person; never linkable across matters. */
  pseudonym: text(64),
  verdict: verdictSchema,
  facts: factsSchema,
  vocabulary: vocabularySchema,
  basis: z.enum(["seen", "derived"]),
  derivedFrom: z.looseObject({ member: memberIdSchema, record: text(128) }).optional(),
  at: milliseconds,
});

export const hostingSchema = z.looseObject({
  host: text(255),
  address: text(64).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  asn: z.int().positive().optional(),
  provider: text(256).optional(),
  /** A content-delivery network that hides where it is hosted; then there is no country, and the provider is the network. */
  cdn: z.looseObject({ name: text(256), country: countrySchema.optional() }).optional(),
  source: z.enum(["configured", "database", "unknown"]),
  tracedAt: milliseconds,
});

/** One picture or video found under a report, as it is told to another organisation: never the material itself. */
export const sharedItemSchema = z.looseObject({
  id: idSchema,
  url: urlSchema,
  foundOn: urlSchema,
  kind: z.enum(["image", "video"]),
  mime: text(64),
  bytes: z.int().nonnegative(),
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  digests: digestsSchema,
  assessments: z.array(assessmentSchema).max(64),
  agreed: z.looseObject({ verdict: verdictSchema, rule: text(64) }).optional(),
  /** Whether the author of the statement holds the material and can be asked for it. */
  held: z.boolean(),
});
export type SharedItem = z.infer<typeof sharedItemSchema>;

/** The items of one statement; a longer list is split over several. */
export const items = z.array(sharedItemSchema).min(1).max(500);
export const reportForward = z.looseObject({
  report: reportReference,
  url: urlSchema,
  siteType: z.enum(siteTypes).optional(),
  receivedAt: milliseconds,
  capturedAt: milliseconds,
  hosting: hostingSchema,
  items,
  note: text(4000).optional(),
});

export const reportUpdate = z.looseObject({
  report: reportReference,
  event: z.enum([
    "accepted",
    "assessed",
    "reported-to-lea",
    "reported-to-isp",
    "unavailable",
    "removed",
    "moved",
    "closed",
  ]),
  items: z.array(idSchema).max(500).default([]),
  at: milliseconds,
  detail: text(4000).optional(),
});

export const assessmentShare = z.looseObject({
  report: reportReference,
  assessments: z
    .array(z.looseObject({ item: idSchema, sha256: hexOf(32), assessment: assessmentSchema }))
    .min(1)
    .max(500),
});

export const leaEscalation = z.looseObject({
  report: reportReference,
  url: urlSchema,
  hosting: hostingSchema,
  items,
  /** Who found it, when it was not the author: police answer both. */
  origin: z.looseObject({ member: memberIdSchema, reference: text(64), report: idSchema }).optional(),
  urgency: z.enum(["routine", "person-at-risk"]).default("routine"),
  note: text(4000).optional(),
});

export const leaFeedback = z.looseObject({
  report: reportReference,
  status: z.enum([
    "seen",
    "under-investigation",
    "more-information-wanted",
    "victim-identified",
    "offender-identified",
    "not-pursued",
  ]),
  reference: text(64).optional(),
  note: text(4000).optional(),
  at: milliseconds,
});

export const icseContribution = z.looseObject({
  report: reportReference,
  url: urlSchema,
  hosting: hostingSchema,
  items,
});

export const icseOutcome = z.looseObject({
  report: reportReference,
  item: idSchema,
  outcome: z.enum(["material-verified", "already-known", "new", "inserted", "victim-identified"]),
  series: text(64).optional(),
  at: milliseconds,
});

export const materialRequest = z.looseObject({
  request: idSchema,
  report: reportReference,
  item: idSchema,
  sha256: hexOf(32),
  purpose: text(1000),
});

export const materialGrant = z.looseObject({
  request: idSchema,
  grant: idSchema,
  item: idSchema,
  sha256: hexOf(32),
  bytes: z.int().nonnegative(),
  /** Length of the encrypted file that ranges are asked of. */
  sealedBytes: z.int().positive(),
  /** Key of this grant alone, hexadecimal; derived from the item key and the grant id. */
  key: hexOf(32),
  mime: text(64),
  expires: milliseconds,
});

/** Refuses a request, or withdraws the grant that answered it. */
export const materialRefuse = z.looseObject({ request: idSchema, item: idSchema, reason: text(1000) });

/** The requester needs the material no longer, granted or not. */
export const materialCancel = z.looseObject({ request: idSchema, item: idSchema });

export const noticeOutcome = z.looseObject({
  report: reportReference,
  items: z.array(idSchema).min(1).max(500),
  outcome: z.enum(["notified", "acknowledged", "removed", "unavailable", "still-online"]),
  noticeSentAt: milliseconds.optional(),
  firstOfflineAt: milliseconds.optional(),
  confirmedOfflineAt: milliseconds.optional(),
  at: milliseconds,
});
