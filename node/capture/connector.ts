/**
 * How a fetch opens its connection: the host is resolved here, every address is checked, and the connection goes to an
 * address that passed, never to the name. So a second, different answer of a resolver (DNS rebinding) changes nothing,
 * and an address written as a number meets the same check as a name. The socket's peer is compared once more.
 */
import { isIP } from "node:net";
import { buildConnector } from "undici";
import { isKnownInternal, isPublicAddress, sameAddress } from "./addresses.ts";
import { refuse } from "./errors.ts";
import { connectThrough, type Route } from "./proxies.ts";
import type { Resolve } from "./resolve.ts";

export interface Guard {
  /** Exact `host:port` entries that may be internal. */
  allow: readonly string[];
  connectTimeout: number;
  resolve: Resolve;
  /** Where the site is, instead of what a resolver says; checked like that. */
  address?: string | undefined;
  /** A proxy that opens the connection, and resolves the name. */
  route?: Route | undefined;
  /** Told the address that was connected to, before anything is sent; nothing when a proxy knows it. */
  onConnect: (address: string, socket: Socket) => void;
}

type Socket = NonNullable<Parameters<buildConnector.Callback>[1]>;

export function guardedConnector(guard: Guard): buildConnector.connector {
  const connect = buildConnector({ timeout: guard.connectTimeout, allowH2: false, maxCachedSessions: 0 });
  const connectTo = (address: string, options: buildConnector.Options) =>
    new Promise<Socket>((resolve, reject) => {
      // The certificate is checked against the name that was asked for.
      const servername = isIP(options.hostname) ? undefined : options.hostname;
      const target = { ...options, hostname: address, host: address, ...(servername && { servername }) };
      connect(target, (error, socket) => (socket ? resolve(socket) : reject(error ?? refuse("unreachable"))));
    });
  const openThrough = async (route: Route, options: buildConnector.Options) => {
    if (!isAllowed(options, guard) && isKnownInternal(hostOf(options))) throw refuse("internal-address");
    const socket = await connectThrough(route, options, guard.connectTimeout);
    guard.onConnect("", socket);
    return socket;
  };
  const open = async (options: buildConnector.Options) => {
    if (guard.route !== undefined) return openThrough(guard.route, options);
    const addresses = await addressesFor(options, guard);
    let failure: unknown;
    for (const address of addresses) {
      try {
        const socket = await connectTo(address, options);
        if (!sameAddress(socket.remoteAddress, address)) {
          socket.destroy();
          throw refuse("internal-address");
        }
        guard.onConnect(address, socket);
        return socket;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
  return (options, callback) => {
    open(options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

/** A server may name many addresses; trying a few is enough to pass by a broken one. */
const mostAddresses = 3;

/** The addresses to try, all of them checked. One internal address among several refuses the host as a whole. */
async function addressesFor(options: buildConnector.Options, guard: Guard): Promise<string[]> {
  const host = hostOf(options);
  const allowed = isAllowed(options, guard);
  if (guard.address === undefined && isLoopbackName(host)) {
    if (!allowed) throw refuse("internal-address");
    return ["127.0.0.1"]; // RFC 6761: never asked of a resolver
  }
  const known = guard.address ?? (isIP(host) ? host : undefined);
  const addresses = known === undefined ? await resolved(host, guard.resolve) : [known];
  if (!allowed && !addresses.every(isPublicAddress)) throw refuse("internal-address");
  return addresses.slice(0, mostAddresses);
}

const hostOf = ({ hostname }: buildConnector.Options) => hostname.replace(/^\[|\]$/g, "").toLowerCase();

function isAllowed(options: buildConnector.Options, { allow }: Guard): boolean {
  const host = hostOf(options);
  const written = isIP(host) === 6 ? `[${host}]` : host;
  return allow.includes(`${written}:${options.port || (options.protocol === "https:" ? 443 : 80)}`);
}

const isLoopbackName = (host: string) => /(?:^|\.)localhost\.?$/.test(host);

/** Names of Tor, which only a proxy to it knows: a resolver would tell others that somebody asked (RFC 7686). */
const isOnion = (host: string) => /(?:^|\.)onion\.?$/.test(host);

async function resolved(host: string, resolve: Resolve): Promise<string[]> {
  if (isOnion(host)) throw refuse("not-found");
  const addresses = await resolve(host).catch((cause: unknown) => {
    const { code } = cause as { code?: string };
    throw refuse(code === "ENOTFOUND" || code === "ENODATA" ? "not-found" : "unreachable", {
      details: { code },
      cause,
    });
  });
  if (addresses.length === 0) throw refuse("not-found");
  return addresses;
}
