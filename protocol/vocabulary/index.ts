/**
 * The words every node shares: verdicts, the facts an analyst records once, and actions.
 *
 * Values follow the enumerations in use in the field; finer vocabularies and their mappings are
 * versioned data under `config/`, never code.
 */
import { z } from "zod";

/** What an item is by law: illegal everywhere by INTERPOL's criteria, by national law, or not illegal. */
export const verdicts = ["baseline", "national", "not-illegal"] as const;
export const verdictSchema = z.enum(verdicts);
export type Verdict = z.infer<typeof verdictSchema>;

export const ages = ["not-categorised", "infant", "pre-pubescent", "pubescent"] as const;
export const genders = ["not-determined", "female", "male", "both"] as const;
export const flags = ["virtual", "user-generated", "child-modelling"] as const;
export const siteTypes = [
  "website",
  "file-host",
  "image-store",
  "image-board",
  "forum",
  "banner-site",
  "link-site",
  "social-networking",
  "redirector",
  "web-archive",
  "search-provider",
  "image-host",
  "blog",
  "not-applicable",
] as const;
export const commercialities = ["not-determined", "commercial", "non-commercial"] as const;
/** Why an item is not illegal, or could not be assessed. */
export const reasons = [
  "other",
  "content-not-found",
  "referrer-missing",
  "unable-to-access",
  "password-protected",
  "adult",
  "not-sexualised",
  "below-threshold",
  "image-too-small",
  "virtual",
  "age-unclear",
  "age-over-national-threshold",
] as const;
export const actionKinds = [
  "reported-to-lea",
  "reported-to-isp",
  "removed",
  "unavailable",
  "not-illegal",
  "moved",
] as const;
export type ActionKind = (typeof actionKinds)[number];

/** What an analyst saw, recorded once; legal classes are derived from it per jurisdiction. */
export const factsSchema = z.looseObject({
  age: z.enum(ages).default("not-categorised"),
  gender: z.enum(genders).default("not-determined"),
  flags: z.array(z.enum(flags)).default([]),
  reason: z.enum(reasons).optional(),
});
export type Facts = z.infer<typeof factsSchema>;

/** The vocabulary a verdict was given in, with its version, so that an old verdict keeps its meaning. */
export const vocabularySchema = z.object({ id: z.string().max(64), version: z.string().max(32) });
export type VocabularyReference = z.infer<typeof vocabularySchema>;
export const builtInVocabulary: VocabularyReference = { id: "wardline-core", version: "1" };
