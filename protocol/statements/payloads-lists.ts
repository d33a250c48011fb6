/** Payload schemas of INTERPOL's list of worst domains: nominated by one, verified by two others, reviewed until clean. */
import { z } from "zod";
import { countrySchema, domainSchema, hexOf, idSchema, milliseconds, text, urlSchema } from "./fields.ts";

/** The published criteria; all of them must hold, and a person must have looked. */
const criteria = z.looseObject({
  realChild: z.boolean(),
  underThirteen: z.boolean(),
  severe: z.boolean(),
  /** When the domain was last seen online with the qualifying item: at most three months ago. */
  seenOnline: milliseconds,
});

export const iwolNomination = z.looseObject({
  nomination: idSchema,
  domain: domainSchema,
  urls: z
    .array(z.looseObject({ url: urlSchema, sha256: hexOf(32) }))
    .min(1)
    .max(100),
  criteria,
  hosting: z.looseObject({ country: countrySchema.optional(), provider: text(256).optional() }).optional(),
  note: text(4000).optional(),
});

export const iwolVerification = z.looseObject({
  nomination: idSchema,
  domain: domainSchema,
  decision: z.enum(["qualifies", "does-not-qualify", "not-reachable"]),
  criteria,
  /** Countries count, not members: two independent ones list a domain. */
  country: countrySchema,
  at: milliseconds,
});

export const iwolReview = z.looseObject({
  nomination: idSchema,
  domain: domainSchema,
  finding: z.enum(["still-qualifies", "clean", "not-reachable"]),
  at: milliseconds,
});

/** One edition of the list. Long lists travel as an attachment whose hash stands here. */
export const iwolPublication = z.looseObject({
  edition: z.int().positive(),
  validFrom: milliseconds,
  validUntil: milliseconds,
  domains: z
    .array(z.looseObject({ domain: domainSchema, nomination: idSchema, listed: milliseconds }))
    .max(5000),
  removed: z.array(domainSchema).max(5000).default([]),
  listSha256: hexOf(32).optional(),
});

export const iwolAppeal = z.looseObject({
  appeal: idSchema,
  domain: domainSchema,
  state: z.enum(["received", "upheld", "dismissed"]),
  grounds: text(4000),
  at: milliseconds,
});
