/** Tracing a URL's host: each part by itself, so that one that fails takes nothing else with it. */
import { parse } from "tldts";
import type { CaptureSettings } from "../../configuration/settings/capture.ts";
import type { NetworkOverride } from "../../configuration/settings/hosting.ts";
import type { HostingOverride } from "../../configuration/settings/jurisdiction.ts";
import { systemClock, type Clock } from "../../telemetry/index.ts";
import { isPublicAddress } from "../addresses.ts";
import { routeOf } from "../proxies.ts";
import { systemResolve, type Resolve } from "../resolve.ts";
import { ruleFor } from "../rules.ts";
import { readCdns, recogniseCdn, type Cdn } from "./cdns.ts";
import { hostingFrom, overProxy, type Hosting } from "./hosting.ts";
import { addressesOf, aliasesOf, isSpecial, systemAlias, type ResolveAlias } from "./names.ts";
import { failed, none, valueOf } from "./outcome.ts";
import { bare, hostOverride } from "./overrides.ts";
import { placeOf } from "./places.ts";
import type { Registry } from "./rdap/registry.ts";
import type { HostingTrace, Place } from "./record.ts";

export interface TraceOptions {
  /** Hosting of single hosts known better than by look-up. */
  overrides: readonly HostingOverride[];
  /** The same of networks and providers. */
  networks?: readonly NetworkOverride[];
  /** Left out: those that ship. */
  cdns?: readonly Cdn[];
  /** Registries to ask; left out, nobody but the resolver is asked. */
  registry?: Pick<Registry, "network" | "domain">;
  /** Sites that are fetched over a proxy: this machine's resolver is never asked for them. */
  capture?: Pick<CaptureSettings, "sites">;
  /** The address that the content just came from, if it did. */
  address?: string;
  resolve?: Resolve;
  resolveAlias?: ResolveAlias;
  clock?: Clock;
}

/** Never throws for what a name, a registry or a look-up does; each part of `trace` says how it went. */
export async function traceHosting(url: string, options: TraceOptions): Promise<Hosting> {
  const parsed = new URL(url);
  const trace = await traced(parsed, options);
  return hostingFrom(trace, {
    host: hostOverride(parsed, options.overrides),
    networks: options.networks ?? [],
  });
}

let shippedCdns: readonly Cdn[] | undefined;

async function traced(url: URL, options: TraceOptions): Promise<HostingTrace> {
  const { host, hostname } = url;
  const { clock = systemClock, resolve = systemResolve, resolveAlias = systemAlias, registry } = options;
  const name = bare(hostname);
  const tracedAt = clock.now();
  const isRouted = options.capture !== undefined && routeOf(ruleFor(url, options.capture)) !== undefined;
  const addresses = isRouted ? failed(overProxy) : await addressesOf(name, resolve);
  const places = await placesOf(options.address, valueOf(addresses) ?? []);
  const [place] = places;
  // A name without addresses has no aliases that matter, and a resolver that failed would only be waited for again.
  const aliases = place && !isRouted ? await aliasesOf(name, resolveAlias) : none;
  const cdns = options.cdns ?? (shippedCdns ??= readCdns());
  const cdn = recogniseCdn(cdns, [name, ...(valueOf(aliases) ?? [])], place);
  const [network, domain] = await Promise.all([networkOf(registry, place), domainOf(registry, name, place)]);
  return { host, tracedAt, addresses, aliases, places, ...(cdn && { cdn }), network, domain };
}

async function placesOf(first: string | undefined, addresses: readonly string[]): Promise<Place[]> {
  const all = new Set([...(first === undefined ? [] : [first]), ...addresses]);
  return Promise.all([...all].map(placeOf));
}

async function networkOf(
  registry: TraceOptions["registry"],
  place: Place | undefined,
): Promise<HostingTrace["network"]> {
  if (!place || !isPublicAddress(place.address)) return none;
  return registry ? registry.network(place.address) : failed("not-asked");
}

/** Only of names below a public suffix that do not lead inside: what is within a network is nobody's registration. */
async function domainOf(
  registry: TraceOptions["registry"],
  name: string,
  place: Place | undefined,
): Promise<HostingTrace["domain"]> {
  const { domain, isIcann } = parse(name);
  if (domain === null || isIcann !== true || isSpecial(name) || (place && !isPublicAddress(place.address)))
    return none;
  return registry ? registry.domain(domain) : failed("not-asked");
}
