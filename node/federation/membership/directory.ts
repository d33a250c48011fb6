/** Who may do what on the network, as of the membership files held now. */
import { WardlineError } from "@wardline/protocol/encoding";
import { keyIdOf, type IdentityPublicKey, type MemberId } from "@wardline/protocol/identity";
import {
  card,
  freshnessOf,
  isDisputed,
  memberOfPeer,
  members,
  type Member,
  type Trust,
} from "@wardline/protocol/roster";

/** Where an active member is, by its card. */
export interface Place {
  readonly member: MemberId;
  readonly peerIds: readonly string[];
  readonly addresses: readonly string[];
}

/**
 * The active member on whose valid card the peer id stands. While two rosters of one version stand unresolved nobody is
 * one; while freshness is stale only members that were met before are.
 */
export function admitted(
  trust: Trust,
  peer: string,
  now: number,
  isKnown: (member: MemberId) => boolean,
): MemberId | undefined {
  const member = memberOfPeer(trust, peer, now);
  if (member?.status !== "active" || isDisputed(trust)) return undefined;
  if (freshnessOf(trust, now) !== "current" && !isKnown(member.id)) return undefined;
  return member.id;
}

/** Active members other than `self` that have a card. */
export function places(trust: Trust, self: MemberId): Place[] {
  return members(trust).flatMap(({ id, status }) => {
    const theirs = id !== self && status === "active" ? card(trust, id) : undefined;
    return theirs ? [{ member: id, peerIds: theirs.peerIds, addresses: theirs.addresses }] : [];
  });
}

/** The member whose identity key this is, or was. Throws `federation/not-listed`. */
export function holderOf(trust: Trust, identity: IdentityPublicKey): Member {
  const key = keyIdOf(identity);
  const own = members(trust).find(({ identityKeys }) => identityKeys.some(({ keyId }) => keyId === key));
  if (own) return own;
  throw new WardlineError("federation/not-listed", "The roster does not list this node's identity key.", {
    advice: "Send the node's public keys to a registrar, and bring the next roster.",
  });
}
