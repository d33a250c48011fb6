/** What a hold covers: a report, addresses, or whole hosts with the names below them. */
import { parse } from "tldts";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Item, Report } from "../../casework/index.ts";

export interface Scope {
  reports: string[];
  urls: string[];
  hosts: string[];
}

/** The one form under which two spellings of an address are the same; what cannot be parsed stays as it was written. */
function canonical(url: string): string {
  const parsed = URL.parse(url.trim());
  if (!parsed) return url.trim();
  parsed.hash = "";
  return parsed.href;
}

const hostForm = (host: string) => host.trim().toLowerCase().replace(/\.$/u, "");

/** The scope in the forms that are compared, each once. */
export function normalScope({ reports, urls, hosts }: Scope): Scope {
  const each = (list: string[]) => [...new Set(list)].filter((one) => one !== "");
  return { reports: each(reports), urls: each(urls.map(canonical)), hosts: each(hosts.map(hostForm)) };
}

/** Both together: an extension adds and never takes away. */
export function joinScopes(one: Scope, other: Scope): Scope {
  return normalScope({
    reports: [...one.reports, ...other.reports],
    urls: [...one.urls, ...other.urls],
    hosts: [...one.hosts, ...other.hosts],
  });
}

/** Words under which a scope is found by what it covers. */
export function scopeKeys({ reports, urls, hosts }: Scope): string[] {
  return [
    ...reports.map((id) => `report:${id}`),
    ...urls.map((url) => `url:${url}`),
    ...hosts.map((host) => `host:${host}`),
  ];
}

/**
 * The same words for a report: its page, the addresses of these items and the pages that show them, and their hosts with
 * every name above. Telling the provider of a picture would warn whoever runs the page.
 */
export function keysOf(
  report: Pick<Report, "id" | "url">,
  items: readonly Pick<Item, "url" | "foundOn">[],
): Set<string> {
  const addresses = [report.url, ...items.flatMap(({ url, foundOn }) => [url, foundOn])];
  const keys = new Set([`report:${report.id}`]);
  for (const address of new Set(addresses)) {
    // A picture that is written into its page has no address of its own.
    if (address.startsWith("data:")) continue;
    keys.add(`url:${canonical(address)}`);
    for (const host of hostsOf(address)) keys.add(`host:${host}`);
  }
  return keys;
}

/** The host with its port, without it, and every name above it. An address has none above. */
function hostsOf(url: string): string[] {
  const parsed = URL.parse(url);
  if (!parsed) return [];
  const { host, hostname } = parsed;
  const labels = parse(hostname).isIp ? [] : hostname.split(".");
  return [host, hostname, ...labels.map((_, index) => labels.slice(index).join("."))];
}

/**
 * @throws `takedown/hold-covers-nothing`, `takedown/hold-too-wide`: a suffix under which anybody registers names would
 * stop the notices to thousands of strangers
 */
export function checkScope(scope: Scope): void {
  if (scope.reports.length + scope.urls.length + scope.hosts.length === 0)
    throw new WardlineError("takedown/hold-covers-nothing", "The hold names no report, address or host.", {
      advice: "Name what is held.",
    });
  if (scope.hosts.some(isSuffix))
    throw new WardlineError(
      "takedown/hold-too-wide",
      "The hold names a suffix under which anybody has sites.",
      {
        advice: "Name the hosts themselves.",
      },
    );
}

function isSuffix(host: string): boolean {
  const { isIp, domain } = parse(host, { allowPrivateDomains: true });
  return !isIp && host !== "localhost" && domain === null;
}

export const covers = (scope: Scope, keys: ReadonlySet<string>) =>
  scopeKeys(scope).some((key) => keys.has(key));
