/** Everything that one trace learned, each part with how it went. It is kept with its time, and shown as it is. */
import { z } from "zod";
import { partOf } from "./outcome.ts";

/** One address, by data that ships with the node: nobody is asked. */
const placeSchema = z.object({
  address: z.string(),
  /** ISO 3166-1 alpha-2. */
  country: partOf(z.string()),
  /** The autonomous system that announces it, and the name of who runs that. */
  network: partOf(z.object({ asn: z.number(), name: z.string() })),
});
export type Place = z.infer<typeof placeSchema>;

/** What a regional registry says of the network of an address (RFC 9083, "ip network"). */
const networkRegistrationSchema = z.object({
  handle: z.string().optional(),
  name: z.string().optional(),
  country: z.string().optional(),
  range: z.object({ first: z.string(), last: z.string() }).optional(),
  abuse: z.array(z.string()),
  /** Host of the registry's server, and when it answered. */
  source: z.string(),
  at: z.number(),
});
export type NetworkRegistration = z.infer<typeof networkRegistrationSchema>;

/** What a registry says of a domain (RFC 9083, "domain"). Of the registrant only the country is read. */
const domainRegistrationSchema = z.object({
  name: z.string(),
  registrar: z.string().optional(),
  registrantCountry: z.string().optional(),
  /** When it was registered, milliseconds since 1970. */
  registered: z.number().optional(),
  abuse: z.array(z.string()),
  source: z.string(),
  at: z.number(),
});
export type DomainRegistration = z.infer<typeof domainRegistrationSchema>;

const cdnSchema = z.object({
  name: z.string(),
  /** Where it has its seat. */
  country: z.string().optional(),
  abuse: z.string().optional(),
  by: z.enum(["alias", "range", "asn"]),
});
export type RecognisedCdn = z.infer<typeof cdnSchema>;

export const hostingTraceSchema = z.object({
  host: z.string(),
  tracedAt: z.number(),
  /** All addresses of the host. */
  addresses: partOf(z.array(z.string())),
  /** The names that the host's name is an alias of, in order (CNAME). */
  aliases: partOf(z.array(z.string())),
  /** The first is the address that the content came from, if it came. */
  places: z.array(placeSchema),
  /** A content-delivery network that stands before the site: where the site itself is, nobody outside knows. */
  cdn: cdnSchema.optional(),
  /** Of the first address. */
  network: partOf(networkRegistrationSchema),
  /** Of the registrable domain. */
  domain: partOf(domainRegistrationSchema),
});
export type HostingTrace = z.infer<typeof hostingTraceSchema>;
