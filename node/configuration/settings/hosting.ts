/** Where sites are hosted: what is asked of registries, and networks that are known better than by look-up. */
import { z } from "zod";
import { duration, size } from "./units.ts";

const country = z.string().regex(/^[A-Z]{2}$/, "expected a country code of two capital letters, such as SE");

const networkOverride = z
  .strictObject({
    network: z
      .string()
      .regex(/^[0-9a-f.:]+\/\d{1,3}$/i, "expected a network such as 192.0.2.0/24")
      .optional()
      .describe("Addresses of this network."),
    asn: z.int().positive().optional().describe("Addresses that this autonomous system announces."),
    traced: z.string().min(1).optional().describe("Addresses whose provider has this name in the trace."),
    country: country.optional().describe("Country that hosts them."),
    provider: z.string().optional().describe("The provider's name."),
    abuse: z.email().optional().describe("The provider's address for notices."),
  })
  .refine(
    ({ network, asn, traced }) => [network, asn, traced].filter((one) => one !== undefined).length === 1,
    "name exactly one of network, asn and traced",
  );

const rdap = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      "Ask registries (RDAP) who runs a network and who registered a domain. They learn which address or domain somebody here asks about; off: only data that ships is used.",
    ),
  bootstrap: z
    .string()
    .optional()
    .describe(
      "Folder with newer dns.json, ipv4.json and ipv6.json from data.iana.org/rdap. Left out: the files that ship. Nothing is downloaded by the node.",
    ),
  timeout: duration("10s").describe("For one answer; a trace goes on without it."),
  answerSize: size("512KiB").describe("Largest answer; real ones have tens of kilobytes."),
  interval: duration("1s").describe(
    "Between the starts of two queries to one server: registries cut off who asks faster.",
  ),
  patience: duration("10s").describe(
    "Longest wait for one's turn at a server; after that the part counts as failed for now.",
  ),
  keep: duration("7d").describe("An answer is used again for this long: registrations change slowly."),
  keepNone: duration("1d").describe("As long as that for the answer that there is no such registration."),
  retry: duration("15m").describe(
    "A query that failed is not made again before this, unless the server names a later time.",
  ),
});

export const hostingSettings = z.strictObject({
  rdap: rdap.prefault({}),
  cdns: z
    .string()
    .optional()
    .describe(
      "A file of content-delivery networks in the form of config/hosting/cdns.yaml. Left out: the one that ships.",
    ),
  networks: z
    .array(networkOverride)
    .default([])
    .describe(
      "Networks and providers that the organisation knows better than the data that ships; the first that fits counts. Single hosts stand in jurisdiction.hostingOverrides and count more.",
    ),
});
export type HostingSettings = z.output<typeof hostingSettings>;
export type NetworkOverride = z.output<typeof networkOverride>;
