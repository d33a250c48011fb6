/** Connecting to a member: by its card, and when it is not there, by what other members know of its peer id. */
import type { Connection, Libp2p } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import type { Target } from "./supervisor.ts";

/** Attempts by card alone before others are asked: most absences are restarts. */
const ATTEMPTS_BY_CARD = 1;

/** Throws what libp2p throws when nobody answers at any address. */
export async function connect(
  host: Libp2p,
  { peer, addresses }: Target,
  attempt: number,
  timeout: number,
): Promise<Connection> {
  const known = addresses.map((address) => withPeer(multiaddr(address), peer));
  const heardOf = attempt > ATTEMPTS_BY_CARD ? await findAddresses(host, peer, timeout) : [];
  return host.dial([...known, ...heardOf.map((address) => withPeer(address, peer))], {
    signal: AbortSignal.timeout(timeout),
  });
}

async function findAddresses(host: Libp2p, peer: string, timeout: number): Promise<Multiaddr[]> {
  try {
    const signal = AbortSignal.timeout(timeout);
    return (await host.peerRouting.findPeer(peerIdFromString(peer), { signal })).multiaddrs;
  } catch {
    return []; // nobody knows, or nobody is there to be asked
  }
}

/** Without the peer id at its end, an address would be whoever answers there. */
function withPeer(address: Multiaddr, peer: string): Multiaddr {
  const named = address.getComponents().some(({ name }) => name === "p2p");
  return named ? address : address.encapsulate(`/p2p/${peer}`);
}
