/**
 * Carrying connections for each other (libp2p's circuit relay v2), between members alone. The carried connection is
 * set up by Noise end to end and admitted by card on both sides, so a relay sees who talks to whom, and nothing else.
 */
import { circuitRelayServer, circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import type { Libp2p } from "@libp2p/interface";
import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import type { FederationSettings } from "../../configuration/settings/federation.ts";

export type RelaySettings = FederationSettings["relay"];

/** For the relay that serves others. It forgets a reservation that is not renewed for so long; members renew theirs in time. */
const RESERVATION_LIFE = 3_600_000;

/** Dials through relays, and takes what a relay brings to one that asked it to. */
export const relayTransport = () =>
  circuitRelayTransport({ reservationCompletionTimeout: 10_000, maxInboundStopStreams: 256 });

export const relayServer = ({ reservations, circuits, duration, bytes }: RelaySettings) =>
  circuitRelayServer({
    maxInboundHopStreams: circuits,
    maxOutboundStopStreams: 256,
    reservations: {
      maxReservations: reservations,
      reservationTtl: RESERVATION_LIFE,
      defaultDurationLimit: duration,
      defaultDataLimit: BigInt(bytes),
    },
  });

/** What asks a relay for a place while the host runs; libp2p offers that to its services only. */
export interface Listening {
  listen(address: Multiaddr): Promise<void>;
}

interface ListeningComponents {
  readonly transportManager: { listen(addresses: Multiaddr[]): Promise<void> };
}

export const listening = ({ transportManager }: ListeningComponents): Listening => ({
  listen: (address) => transportManager.listen([address]),
});

/** Where a place at that relay is asked for. */
export const placeAt = (relay: string): Multiaddr => multiaddr(`/p2p/${relay}/p2p-circuit`);

/** The peer that carries connections to this address, if one does. */
export function relayOf(address: Multiaddr): string | undefined {
  const parts = address.getComponents();
  const circuit = parts.findIndex(({ name }) => name === "p2p-circuit");
  return circuit < 0 ? undefined : parts.slice(0, circuit).findLast(({ name }) => name === "p2p")?.value;
}

/** The relays at which this host has a place now. */
export function placesOf(host: Pick<Libp2p, "getMultiaddrs">): Set<string> {
  return new Set(host.getMultiaddrs().flatMap((address) => relayOf(address) ?? []));
}
