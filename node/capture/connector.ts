/**
 * How a fetch opens its connection: the host is resolved here, every address is checked, and the connection goes to an
 * address that passed, never to the name. So a second, different answer of a resolver (DNS rebinding) changes nothing,
 * and an address written as a number meets the same check as a name. The socket's peer is compared once more.
 */
import { isIP } from "node:net";
import { buildConnector } from "undici";
import { isPublicAddress, sameAddress } from "./addresses.ts";
import { refuse } from "./errors.ts";
import type { Resolve } from "./resolve.ts";

export interface Guard {
  /** Exact `host:port` entries that may be internal. */
  allow: readonly string[];
  connectTimeout: number;
  resolve: Resolve;
  /** Told the address that was connected to, before anything is sent. */
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
  const open = async (options: buildConnector.Options) => {
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
async function addressesFor(
  { hostname, port, protocol }: buildConnector.Options,
  guard: Guard,
): Promise<string[]> {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const written = isIP(host) === 6 ? `[${host}]` : host;
  const allowed = guard.allow.includes(`${written}:${port || (protocol === "https:" ? 443 : 80)}`);
  if (isLoopbackName(host)) {
    if (!allowed) throw refuse("internal-address");
    return ["127.0.0.1"]; // RFC 6761: never asked of a resolver
  }
  const addresses = isIP(host) ? [host] : await resolved(host, guard.resolve);
  if (!allowed && !addresses.every(isPublicAddress)) throw refuse("internal-address");
  return addresses.slice(0, mostAddresses);
}

const isLoopbackName = (host: string) => /(?:^|\.)localhost\.?$/.test(host);

async function resolved(host: string, resolve: Resolve): Promise<string[]> {
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
