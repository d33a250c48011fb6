/** Where a URL is hosted: what the organisation has configured, else the country of its address by an offline database. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { isIP } from "node:net";
import { Reader, type Response } from "mmdb-lib";
import type { HostingOverride } from "../configuration/settings/jurisdiction.ts";
import { systemClock, type Clock } from "../telemetry/index.ts";
import { isPublicAddress } from "./addresses.ts";
import { systemResolve, type Resolve } from "./resolve.ts";

export interface Hosting {
  /** Host name or address, with the port when it is not the scheme's own. */
  host: string;
  address?: string;
  /** ISO 3166-1 alpha-2. */
  country?: string;
  provider?: string;
  /** The provider's address for notices, when it is configured. */
  abuse?: string;
  source: "configured" | "database" | "unknown";
  /** `none`: the look-up worked and there is nothing to know. `failed`: it did not work; try again later. */
  lookup: "found" | "none" | "failed";
  tracedAt: number;
}

export interface TraceOptions {
  /** Hosting known better than by look-up: an entry with the port counts more than one without. */
  overrides: readonly HostingOverride[];
  /** The address that the content just came from, if it did; spares asking again. */
  address?: string;
  resolve?: Resolve;
  clock?: Clock;
}

/** Never throws for what a name or a look-up does; asks nobody but the resolver. */
export async function traceHosting(url: string, options: TraceOptions): Promise<Hosting> {
  const { host, hostname, port, protocol } = new URL(url);
  const traced = { host, tracedAt: (options.clock ?? systemClock).now() };
  const name = hostname.replace(/^\[|\]$/g, "");
  const configured = overrideFor(name, Number(port) || (protocol === "https:" ? 443 : 80), options.overrides);
  if (configured !== undefined) {
    const { country, provider, abuse } = configured;
    const known = { country, ...(provider && { provider }), ...(abuse && { abuse }) };
    return { ...traced, ...known, source: "configured", lookup: "found" };
  }
  const address = options.address ?? (await addressOf(name, options.resolve ?? systemResolve));
  if (address === "none" || address === "failed") return { ...traced, source: "unknown", lookup: address };
  if (!isPublicAddress(address)) return { ...traced, address, source: "unknown", lookup: "none" };
  const country = await countryOf(address);
  if (country === "none" || country === "failed")
    return { ...traced, address, source: "unknown", lookup: country };
  return { ...traced, address, country, source: "database", lookup: "found" };
}

function overrideFor(
  name: string,
  port: number,
  overrides: readonly HostingOverride[],
): HostingOverride | undefined {
  const ofHost = overrides.filter(({ host }) => host.replace(/^\[|\]$/g, "") === name);
  return ofHost.find((one) => one.port === port) ?? ofHost.find((one) => one.port === undefined);
}

async function addressOf(name: string, resolve: Resolve): Promise<string> {
  if (isIP(name)) return name;
  if (/(?:^|\.)localhost\.?$/.test(name)) return "none";
  try {
    const [first] = await resolve(name);
    return first ?? "none";
  } catch (error) {
    const { code } = error as { code?: string };
    return code === "ENOTFOUND" || code === "ENODATA" ? "none" : "failed";
  }
}

/** What this database says of an address; the type of the reader knows other databases. */
type CountryOnly = Response & { country_code?: string };

let database: Promise<Reader<CountryOnly>> | undefined;

async function countryOf(address: string): Promise<string> {
  try {
    database ??= openDatabase();
    return (await database).get(address)?.country_code ?? "none";
  } catch {
    database = undefined;
    return "failed";
  }
}

async function openDatabase() {
  const file = createRequire(import.meta.url).resolve(
    "@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb",
  );
  return new Reader<CountryOnly>(await readFile(file));
}
