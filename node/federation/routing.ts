/** Connecting to a member: by its card, and when it is not there, by what other members know of its peer id. */
import type { Connection } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import type { Target } from "./supervisor.ts";
import type { Host } from "./transport/host.ts";

/** Attempts by card alone before others are asked: most absences are restarts. */
const ATTEMPTS_BY_CARD = 1;
/** Members whose answers are tried together, and addresses of each. */
const MOST_ANSWERS = 4;
const MOST_ADDRESSES = 8;

/** Throws what libp2p throws when nobody answers at any address. */
export async function connect(
  host: Host,
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

/** From several members, since one may remember where it was before, or lie: nobody else can answer under its peer id. */
async function findAddresses(host: Host, peer: string, timeout: number): Promise<Multiaddr[]> {
  const found = new Map<string, Multiaddr>();
  let answers = 0;
  try {
    // Without the cache: our own peer store still says where we met it last, and nobody would be asked.
    const options = { signal: AbortSignal.timeout(timeout), useCache: false };
    for await (const event of host.services.dht.findPeer(peerIdFromString(peer), options)) {
      if (event.name !== "FINAL_PEER") continue;
      for (const address of event.peer.multiaddrs.slice(0, MOST_ADDRESSES))
        found.set(address.toString(), address);
      if (++answers >= MOST_ANSWERS) break;
    }
  } catch {
    // Nobody knows, nobody is there to be asked, or the time is over: what was found until then is tried.
  }
  return [...found.values()];
}

/** Without the peer id at its end, an address would be whoever answers there. */
function withPeer(address: Multiaddr, peer: string): Multiaddr {
  const named = address.getComponents().some(({ name }) => name === "p2p");
  return named ? address : address.encapsulate(`/p2p/${peer}`);
}
