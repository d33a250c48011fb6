/**
 * Which connections may exist at all. Outgoing: only to peers on an active member's card, and to introductions.
 * Incoming: members always; a few strangers at a time, for the membership protocol alone.
 */
import type { ConnectionGater } from "@libp2p/interface";

export interface GaterRules {
  /** Whether the peer stands on the valid card of an active member. */
  readonly isMember: (peer: string) => boolean;
  /** Whether the peer stands on any card of an active member, or is an introduction from the configuration. */
  readonly mayDial: (peer: string) => boolean;
  /** Whether one more stranger may connect now. */
  readonly hasRoomForStranger: () => boolean;
}

export function createGater(rules: GaterRules): ConnectionGater {
  const denyOutgoing = (peer: string) => !rules.mayDial(peer);
  const denyIncoming = (peer: string) => !(rules.isMember(peer) || rules.hasRoomForStranger());
  return {
    denyDialPeer: (peer) => denyOutgoing(peer.toString()),
    // An address without a peer id would connect to whoever answers there.
    denyDialMultiaddr: (address) => !address.getComponents().some((part) => part.name === "p2p"),
    denyOutboundEncryptedConnection: (peer) => denyOutgoing(peer.toString()),
    denyInboundEncryptedConnection: (peer) => denyIncoming(peer.toString()),
    // True keeps the address.
    filterMultiaddrForPeer: () => true,
  };
}
