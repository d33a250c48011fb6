/**
 * XARF v4 `content`/`csam`, restated from the published JSON schemas (xarf.org: xarf-core, content-base, content-csam).
 * Only the fields that Wardline writes; a test holds it against the published schemas. There is no field for a picture,
 * and `evidence`, which could carry one, is left out on purpose.
 */
import { z } from "zod";

const contactSchema = z.strictObject({
  org: z.string().min(1).max(200),
  contact: z.email(),
  domain: z.hostname(),
});

/** The published pattern: it fits neither addresses nor single labels nor punycode, which then stay in `url` alone. */
const domainPattern = /^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/u;
const tagPattern = /^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$/u;

export const xarfSchema = z.strictObject({
  xarf_version: z.literal("4.2.0"),
  report_id: z.uuid({ version: "v4" }),
  timestamp: z.iso.datetime(),
  reporter: contactSchema,
  sender: contactSchema,
  source_identifier: z.string().min(1),
  category: z.literal("content"),
  type: z.literal("csam"),
  url: z.url(),
  domain: z.string().regex(domainPattern).optional(),
  classification: z.enum(["baseline", "A1", "A2", "B1", "B2"]),
  detection_method: z.enum(["manual_review", "hash_match"]),
  media_type: z.enum(["image", "video"]),
  hash_values: z
    .strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/u),
      sha1: z
        .string()
        .regex(/^[0-9a-f]{40}$/u)
        .optional(),
      md5: z
        .string()
        .regex(/^[0-9a-f]{32}$/u)
        .optional(),
    })
    .optional(),
  verified_at: z.iso.datetime(),
  verification_method: z.literal("automated_crawler"),
  evidence_source: z.literal("researcher_analysis"),
  hosting_provider: z.string().optional(),
  asn: z.int().min(1).max(4294967295).optional(),
  country_code: z
    .string()
    .regex(/^[A-Z]{2}$/u)
    .optional(),
  description: z.string().max(1000),
  tags: z.array(z.string().regex(tagPattern)).max(20),
});
export type Xarf = z.infer<typeof xarfSchema>;

/** The host as XARF's `domain`, where it is one; localhost and its sub-names are nobody's domain. */
export function xarfDomain(host: string): string | undefined {
  const isLocal = host === "localhost" || host.endsWith(".localhost");
  return !isLocal && domainPattern.test(host) ? host : undefined;
}
