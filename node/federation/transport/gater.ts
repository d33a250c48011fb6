/**
 * Which connections may exist at all. Outgoing: only to peers on an active member's card, and to introductions.
 * Incoming: members always, unless cut off for a while; a few strangers at a time, for the membership protocol alone.
 */
import type { ConnectionGater, MultiaddrConnection } from "@libp2p/interface";

export interface GaterRules {
  /** Whether the peer stands on the valid card of an active member. */
  readonly isMember: (peer: string) => boolean;
  /** Whether the peer stands on any card of an active member, or is an introduction from the configuration. */
  readonly mayDial: (peer: string) => boolean;
  /** Whether one more stranger may connect now, from this address. */
  readonly hasRoomForStranger: (address: string | undefined) => boolean;
  /** Whether one more connection of this member's peer may be made: it is not cut off, and has not too many. */
  readonly hasRoomForMember: (peer: string) => boolean;
  /** Whether this connection may be set up now: who it is will show only after a handshake, which costs. */
  readonly mayKnock: (line: MultiaddrConnection) => boolean;
  /** Whether this node carries connections to and from that peer. */
  readonly mayRelay: (peer: string) => boolean;
  /** The connection that knocked is set up. */
  readonly cameIn: (line: MultiaddrConnection) => void;
}

export function createGater(rules: GaterRules): ConnectionGater {
  const denyOutgoing = (peer: string) => !rules.mayDial(peer);
  const denyIncoming = (peer: string, line: MultiaddrConnection) =>
    rules.isMember(peer) ? !rules.hasRoomForMember(peer) : !rules.hasRoomForStranger(addressOf(line));
  return {
    denyDialPeer: (peer) => denyOutgoing(peer.toString()),
    // An address without a peer id would connect to whoever answers there.
    denyDialMultiaddr: (address) => !address.getComponents().some((part) => part.name === "p2p"),
    denyOutboundEncryptedConnection: (peer) => denyOutgoing(peer.toString()),
    denyInboundConnection: (line) => !rules.mayKnock(line),
    denyInboundEncryptedConnection: (peer, line) => denyIncoming(peer.toString(), line),
    denyInboundUpgradedConnection(_, line) {
      rules.cameIn(line);
      return false;
    },
    denyInboundRelayReservation: (peer) => !rules.mayRelay(peer.toString()),
    denyOutboundRelayedConnection: (from, to) =>
      !(rules.mayRelay(from.toString()) && rules.mayRelay(to.toString())),
    // Whom a relay brings must be a member; its card is looked at again once it has proved who it is.
    denyInboundRelayedConnection: (_, from) => !rules.isMember(from.toString()),
    // True keeps the address.
    filterMultiaddrForPeer: () => true,
  };
}

/** The host at the other end of the line, or undefined when another member carries it. */
export function addressOf({ remoteAddr }: Pick<MultiaddrConnection, "remoteAddr">): string | undefined {
  const parts = remoteAddr.getComponents();
  if (parts.some(({ name }) => name === "p2p-circuit")) return undefined;
  return parts.find(({ name }) => name === "ip4" || name === "ip6")?.value;
}
