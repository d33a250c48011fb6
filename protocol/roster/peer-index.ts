/** From a libp2p peer id to the member whose current card names it. */
import type { MemberId } from "../identity/index.ts";
import { card, member, members, type Member } from "./reading.ts";
import type { Trust } from "./trust.ts";

const indexes = new WeakMap<Trust, ReadonlyMap<string, MemberId>>();

/**
 * The member behind a peer id, whatever its status: admit only `active` ones. With `now`, only if its card has not expired.
 */
export function memberOfPeer(trust: Trust, peerId: string, now?: number): Member | undefined {
  const id = indexOf(trust).get(peerId);
  if (id === undefined) return undefined;
  const expires = card(trust, id)?.expires ?? 0;
  return now === undefined || now < expires ? member(trust, id) : undefined;
}

function indexOf(trust: Trust): ReadonlyMap<string, MemberId> {
  const known = indexes.get(trust);
  if (known) return known;
  const index = new Map<string, MemberId>();
  for (const { id } of members(trust)) {
    for (const peerId of card(trust, id)?.peerIds ?? []) index.set(peerId, id);
  }
  indexes.set(trust, index);
  return index;
}
