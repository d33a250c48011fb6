/** Content-delivery networks, recognised by what they publish: names, address ranges, autonomous systems. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { isWithin, networkOf, numberOf } from "./numbers.ts";
import { valueOf } from "./outcome.ts";
import type { Place, RecognisedCdn } from "./record.ts";

const cdnSchema = z.strictObject({
  name: z.string().min(1).max(100),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  abuse: z.email().optional(),
  asns: z.array(z.int().positive()),
  ranges: z.array(z.string().transform(networkRead)),
  aliases: z.array(z.string().toLowerCase()),
});
export type Cdn = z.infer<typeof cdnSchema>;

const fileSchema = z.strictObject({
  verified: z.boolean(),
  verifiedBy: z.string().optional(),
  note: z.string(),
  networks: z.array(cdnSchema),
});

function networkRead(text: string, context: z.RefinementCtx) {
  const network = networkOf(text);
  if (network) return network;
  context.addIssue({ code: "custom", message: `"${text}" is no network such as 192.0.2.0/24` });
  return z.NEVER;
}

const shipped = fileURLToPath(new URL("../../../config/hosting/cdns.yaml", import.meta.url));

/** Reads the list; left out, the one that ships. @throws `hosting/invalid-file` */
export function readCdns(path: string = shipped): readonly Cdn[] {
  try {
    return fileSchema.parse(parse(readFileSync(path, "utf8"))).networks;
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new WardlineError("hosting/invalid-file", `${path} cannot be used: ${what}`, {
      advice: "Correct the file, or leave hosting.cdns out to use the one that ships.",
      cause,
    });
  }
}

/** The network that stands before a site of these names and this address; a name says it most surely, a system least. */
export function recogniseCdn(
  cdns: readonly Cdn[],
  names: readonly string[],
  place: Place | undefined,
): RecognisedCdn | undefined {
  const address = place && numberOf(place.address);
  const asn = place && valueOf(place.network)?.asn;
  const byAlias = cdns.find(({ aliases }) =>
    aliases.some((suffix) => names.some((name) => ends(name, suffix))),
  );
  if (byAlias) return recognised(byAlias, "alias");
  const byRange = cdns.find(({ ranges }) => ranges.some((range) => isWithin(address, range)));
  if (byRange) return recognised(byRange, "range");
  const byAsn = cdns.find(({ asns }) => asn !== undefined && asns.includes(asn));
  return byAsn && recognised(byAsn, "asn");
}

const ends = (name: string, suffix: string) => name === suffix || name.endsWith(`.${suffix}`);

const recognised = ({ name, country, abuse }: Cdn, by: RecognisedCdn["by"]): RecognisedCdn => ({
  name,
  ...(country !== undefined && { country }),
  ...(abuse !== undefined && { abuse }),
  by,
});
