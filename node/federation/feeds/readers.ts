/** Who may hold a feed. */
import { mayRead, type Audience } from "@wardline/protocol/adverts";
import { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { member, type Trust } from "@wardline/protocol/roster";

/** Whether a member may hold a feed: one of its audience, and its author. */
export function isReader(trust: Trust, author: MemberId, audience: Audience, reader: MemberId): boolean {
  const kind = member(trust, reader)?.kind;
  return reader === author || (kind !== undefined && mayRead(audience, kind));
}

export const notForYou = () =>
  new WardlineError("feed/not-for-you", "The feed is for another audience, or unknown.");
