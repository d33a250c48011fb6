/** What a trace comes to: where the site is hosted, who provides it, and whom to tell. */
import type { NetworkOverride } from "../../configuration/settings/hosting.ts";
import type { HostingOverride } from "../../configuration/settings/jurisdiction.ts";
import { networkOverride } from "./overrides.ts";
import { valueOf } from "./outcome.ts";
import type { HostingTrace, Place } from "./record.ts";

/** Mail addresses for notices, by whose they are. */
interface HostingContacts {
  configured?: string;
  /** Of the content-delivery network that hides the site. */
  cdn?: string;
  /** Of the network that the address belongs to. */
  network?: string;
  /** Of the domain, as its registry names it: the registrar's desk for abuse. */
  registrar?: string;
}

export interface Hosting {
  /** Host name or address, with the port when it is not the scheme's own. */
  host: string;
  address?: string;
  /** ISO 3166-1 alpha-2. Not known of a site that a content-delivery network hides. */
  country?: string;
  /** The autonomous system that announces the address. */
  asn?: number;
  /** Who hosts it; of a hidden site, the network that hides it. */
  provider?: string;
  /** The content-delivery network that stands before it, and where that has its seat. */
  cdn?: { name: string; country?: string };
  /** When traces disagree: all countries that they say, the one that counts first. */
  countries?: string[];
  contacts: HostingContacts;
  /** The provider's address for notices, when it is configured. */
  abuse?: string;
  source: "configured" | "database" | "unknown";
  /** `none`: the look-up worked and there is nothing to know. `failed`: it did not work; try again later. */
  lookup: "found" | "none" | "failed";
  tracedAt: number;
  /** Everything that was learned, part by part. */
  trace: HostingTrace;
}

/** Why the addresses of a site are not looked up that is fetched over a proxy. */
export const overProxy = "over-a-proxy";

export interface Known {
  host: HostingOverride | undefined;
  networks: readonly NetworkOverride[];
}

/** Configured hosting counts most; then a content-delivery network; then the address's own country and provider. */
export function hostingFrom(trace: HostingTrace, known: Known): Hosting {
  const { host, tracedAt, cdn } = trace;
  const [place] = trace.places;
  const ofNetwork = networkOverride(place, known.networks);
  const configured = { ...defined(ofNetwork), ...defined(known.host) };
  const asn = place && valueOf(place.network)?.asn;
  const common = {
    host,
    ...(place && { address: place.address }),
    ...(asn !== undefined && { asn }),
    contacts: contactsOf(trace, configured.abuse),
    ...(configured.abuse !== undefined && { abuse: configured.abuse }),
    tracedAt,
    trace,
  };
  if (configured.country !== undefined) {
    const provider = configured.provider ?? providerOf(place);
    const { country } = configured;
    return { ...common, country, ...(provider && { provider }), source: "configured", lookup: "found" };
  }
  if (cdn) {
    const { name, country } = cdn;
    const hidden = { provider: name, cdn: { name, ...(country !== undefined && { country }) } };
    return { ...common, ...hidden, source: "database", lookup: "found" };
  }
  const provider = configured.provider ?? providerOf(place);
  const named = { ...common, ...(provider && { provider }) };
  const countries = countriesOf(trace);
  const [country] = countries;
  if (country === undefined) return { ...named, source: "unknown", lookup: lookupOf(trace) };
  return {
    ...named,
    country,
    ...(countries.length > 1 && { countries }),
    source: "database",
    lookup: "found",
  };
}

const defined = (override: HostingOverride | NetworkOverride | undefined) => {
  const { country, provider, abuse } = override ?? {};
  return {
    ...(country !== undefined && { country }),
    ...(provider !== undefined && { provider }),
    ...(abuse !== undefined && { abuse }),
  };
};

const providerOf = (place: Place | undefined) => {
  const name = place && valueOf(place.network)?.name;
  return name === "" ? undefined : name;
};

/** What the addresses and the registry say, without repeats; the address that the content came from first. */
function countriesOf({ places, network }: HostingTrace): string[] {
  const said = [...places.map(({ country }) => valueOf(country)), valueOf(network)?.country];
  return [...new Set(said.filter((one) => one !== undefined))];
}

/** Why no country is known: something did not work, or there is nothing that will be known later. */
function lookupOf({ addresses, places: [place] }: HostingTrace): "none" | "failed" {
  const part = place?.country ?? addresses;
  return part.result === "failed" && part.why !== overProxy ? "failed" : "none";
}

function contactsOf({ cdn, network, domain }: HostingTrace, configured: string | undefined): HostingContacts {
  const ofNetwork = valueOf(network)?.abuse[0];
  const ofDomain = valueOf(domain)?.abuse[0];
  return {
    ...(configured !== undefined && { configured }),
    ...(cdn?.abuse !== undefined && { cdn: cdn.abuse }),
    ...(ofNetwork !== undefined && { network: ofNetwork }),
    ...(ofDomain !== undefined && { registrar: ofDomain }),
  };
}
