/** Which links lead to pages of the same site. */
import { isIP } from "node:net";
import { getDomain } from "tldts";

/**
 * The same registrable domain (with the public suffix list's private section: one user's pages of a free host are a site of
 * their own). Addresses, names without a domain, and hosts that are allowed by their exact port: the same host and port.
 */
export function sameSite(a: string, b: string): boolean {
  return siteOf(new URL(a)) === siteOf(new URL(b));
}

function siteOf(url: URL): string {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const domain = isIP(name) ? null : getDomain(name, { allowPrivateDomains: true });
  const isOwn = domain === null || /(?:^|\.)localhost$/.test(name);
  return isOwn ? url.host : domain;
}
