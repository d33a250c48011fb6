/**
 * Which addresses lie on the public internet. Everything else is internal: this machine, its networks, its provider's
 * control services, and the IPv6 forms that lead to any of these.
 * Sources: the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and successors).
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { hostname, networkInterfaces } from "node:os";

const internal4 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8], // "this host": Linux connects to loopback
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carrier-grade NAT
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, and the metadata services of clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // former 6to4 relays
  ["192.168.0.0", 16],
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast
  ["168.63.129.16", 32], // a public number that is Azure's control service inside Azure
] as const) {
  internal4.addSubnet(network, prefix, "ipv4");
}

const public6 = new BlockList();
public6.addSubnet("2000::", 3, "ipv6");

const internal6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23], // IETF protocol assignments, among them Teredo, which embeds IPv4
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4, which embeds IPv4
  ["3fff::", 20], // documentation
] as const) {
  internal6.addSubnet(network, prefix, "ipv6");
}

/** Whether an IPv4 or IPv6 address (text, as a socket or a resolver gives it) may be fetched from. Unreadable: no. */
export function isPublicAddress(address: string): boolean {
  if (isOwnAddress(address)) return false;
  if (isIPv4(address)) return !internal4.check(address, "ipv4");
  if (!isIPv6(address) || address.includes("%")) return false;
  const embedded = embeddedIPv4(address);
  if (embedded !== undefined) return isPublicAddress(embedded);
  return public6.check(address, "ipv6") && !internal6.check(address, "ipv6");
}

/** Names that lead nowhere on the public internet (RFC 6761, 6762, 8375, and what local networks use). */
const internalName = /(?:^|\.)(?:localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** Whether a host is internal as far as its name says, where nobody here resolves it. */
export function isKnownInternal(host: string): boolean {
  if (isIPv4(host) || isIPv6(host)) return !isPublicAddress(host);
  const name = host.replace(/\.$/, "").toLowerCase();
  return !name.includes(".") || internalName.test(name) || name === hostname().toLowerCase();
}

/** Whether two spellings name one address. */
export function sameAddress(a: string | undefined, b: string): boolean {
  return a !== undefined && written(a) === written(b);
}

const written = (address: string) => (isIPv6(address) ? groupsOf(address).join(":") : address);

/** The IPv4 address that a mapped (::ffff:0:0/96) or NAT64 (64:ff9b::/96, RFC 6052) address leads to. */
function embeddedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const head = groups.slice(0, 6).join(":");
  if (head !== "0:0:0:0:0:ffff" && head !== "64:ff9b:0:0:0:0") return undefined;
  return groups
    .slice(6)
    .map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join(".");
}

/** The eight groups of a valid IPv6 address, without leading zeros. URL parsing brings every spelling to one. */
export function groupsOf(address: string): string[] {
  const [left = "", right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = left.split(":").filter(Boolean);
  const after = (right ?? "").split(":").filter(Boolean);
  const zeros = right === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(zeros).fill("0"), ...after];
}

/** This machine's own addresses are internal too, public or not: its other services listen there. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}
