/** Payload schemas of what police and their partners ask of one another beside the main story. */
import { z } from "zod";
import { countrySchema, hexOf, idSchema, milliseconds, reportReference, text, urlSchema } from "./fields.ts";
import { digestsSchema } from "./payloads.ts";

/**
 * "Do not alert this host yet." It ends by itself at `expires`: a hold without an end was the old practice's flaw. Said
 * again with the same `hold` it moves the end.
 */
export const leaHold = z.looseObject({
  hold: idSchema,
  report: reportReference.optional(),
  /** What is held: addresses, or whole hosts. */
  urls: z.array(urlSchema).max(500).default([]),
  hosts: z.array(text(255)).max(100).default([]),
  reason: text(1000),
  /** The police's own name for the matter. */
  reference: text(64).optional(),
  from: milliseconds,
  expires: milliseconds,
  /** Whom to ring at the police; an office, never a person's private number. */
  contact: text(256).optional(),
});

export const leaRelease = z.looseObject({
  hold: idSchema,
  outcome: z.enum(["may-notify", "do-not-notify", "expired"]),
  note: text(4000).optional(),
  at: milliseconds,
});

const count = z.int().nonnegative();

/** What a hold does and costs, told to its owner by the hotline that keeps it. Numbers are totals since it began. */
export const leaHoldStatus = z.looseObject({
  hold: idSchema,
  event: z.enum(["in-force", "extended", "gone", "back-online", "moved", "ends-soon", "ended"]),
  /** When it ends by itself, as its keeper counts it: a hold may run shorter than was asked. */
  expires: milliseconds,
  /** Only with `ended`. */
  outcome: leaRelease.shape.outcome.optional(),
  /** Of these addresses it is known that they are under the hold; the cost is theirs. */
  watched: count,
  /** Of the watched ones, those whose provider had been told before the hold came. */
  noticedBefore: count,
  /** How often they were looked at. */
  looks: count,
  /** Milliseconds during which they were seen online, added up. */
  onlineFor: count,
  /** How many are gone, and how many have another host now. */
  gone: count,
  moved: count,
  /** The addresses that the event is about. */
  urls: z.array(urlSchema).max(500).default([]),
  at: milliseconds,
});

/** "We are working on this; are you?" Both sides learn of an overlap, not of each other's case. */
export const leaDeconflict = z.looseObject({
  case: text(64),
  stance: z.enum(["asks", "overlap", "no-overlap", "withdrawn"]),
  /** Salted hashes of host names, accounts or items under investigation. */
  salt: hexOf(16),
  tokens: z.array(hexOf(32)).min(1).max(1000),
  country: countrySchema.optional(),
  contact: text(256),
  at: milliseconds,
});

/** Can somebody say more about this item or host, quickly? */
export const checkRequest = z.looseObject({
  check: idSchema,
  question: z.enum(["known", "location", "language", "series", "hosting", "other"]),
  digests: z.array(digestsSchema).max(100).default([]),
  url: urlSchema.optional(),
  text: text(4000),
  answerBy: milliseconds.optional(),
});

export const checkAnswer = z.looseObject({
  check: idSchema,
  answer: z.enum(["yes", "no", "unknown", "contact-us"]),
  text: text(4000).optional(),
  at: milliseconds,
});
