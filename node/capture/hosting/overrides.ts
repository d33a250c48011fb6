/** What the organisation knows better than any look-up: of single hosts, and of whole networks and providers. */
import type { NetworkOverride } from "../../configuration/settings/hosting.ts";
import type { HostingOverride } from "../../configuration/settings/jurisdiction.ts";
import { isWithin, networkOf, numberOf } from "./numbers.ts";
import { valueOf } from "./outcome.ts";
import type { Place } from "./record.ts";

/** The entry with the port counts more than one without. */
export function hostOverride(url: URL, overrides: readonly HostingOverride[]): HostingOverride | undefined {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const ofHost = overrides.filter(({ host }) => bare(host) === bare(url.hostname));
  return ofHost.find((one) => one.port === port) ?? ofHost.find((one) => one.port === undefined);
}

/** A host as an address is written elsewhere, without the brackets that URLs give to IPv6. */
export const bare = (host: string) => host.replace(/^\[|\]$/g, "");

/** The first entry that fits. */
export function networkOverride(
  place: Place | undefined,
  overrides: readonly NetworkOverride[],
): NetworkOverride | undefined {
  if (!place) return undefined;
  const address = numberOf(place.address);
  const known = valueOf(place.network);
  return overrides.find(
    ({ network, asn, traced }) =>
      (network !== undefined && isWithin(address, networkOf(network))) ||
      (known !== undefined && (asn === known.asn || traced === known.name)),
  );
}
