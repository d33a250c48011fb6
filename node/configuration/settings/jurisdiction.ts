/** Where this organisation works, where national rules come from, and hosting that is known better than by look-up. */
import { z } from "zod";

const country = z.string().regex(/^[A-Z]{2}$/, "expected a country code of two capital letters, such as SE");

const hostingOverride = z.strictObject({
  host: z.string().toLowerCase().describe("Host name or address."),
  port: z.int().min(1).max(65_535).optional().describe("Only this port of it."),
  country: country.describe("Country that hosts it."),
  provider: z.string().optional().describe("Its provider's name."),
  abuse: z.email().optional().describe("The provider's address for notices."),
});

export const jurisdictionSettings = z.strictObject({
  country: country
    .optional()
    .describe("Country whose law is applied here. Left out: the country that the roster gives this member."),
  dataFolder: z
    .string()
    .optional()
    .describe(
      "A folder with jurisdictions/, vocabularies/ and mappings/ of one's own. Left out: the files that ship, all of them examples that nobody has verified.",
    ),
  hostingOverrides: z
    .array(hostingOverride)
    .default([])
    .describe(
      "Hosting that the organisation knows better than the offline database does; also hosts that exist only in a test.",
    ),
});
export type JurisdictionSettings = z.output<typeof jurisdictionSettings>;
export type HostingOverride = z.output<typeof hostingOverride>;
