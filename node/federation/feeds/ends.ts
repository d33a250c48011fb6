/** Where the roster ends feeds: of a key that was cut off, a feed counts up to one block. */
import type { BlockHeader } from "@wardline/protocol/adverts";
import type { MemberId } from "@wardline/protocol/identity";
import { identityKey, members, type Cutoff, type Trust } from "@wardline/protocol/roster";

/** The last block of a feed that counts of a key that was cut off. */
export type FeedEnd = Cutoff["feeds"][number];

/** Whether the roster has decided what counts of this key in this feed: what it signed besides proves nothing new. */
export function isSettled(trust: Trust, { author, keyId, feed }: BlockHeader): boolean {
  const ends = identityKey(trust, author, keyId)?.cutoff?.feeds ?? [];
  return ends.some((end) => end.feed === feed);
}

/** Every feed of which the roster names an end, with its author. */
export function decidedFeeds(
  trust: Trust,
): Map<string, { readonly author: MemberId; readonly end: FeedEnd }> {
  const ends = members(trust).flatMap(({ id, identityKeys }) =>
    identityKeys.flatMap(({ cutoff }) =>
      (cutoff?.feeds ?? []).map((end) => [end.feed, { author: id, end }] as const),
    ),
  );
  return new Map(ends);
}

/** Whether a member that names this head holds the story that counts: it ends there, or goes on in a later epoch. */
export function agreesWith(end: FeedEnd, head: { epoch: number; height: number; hash: string }): boolean {
  return head.epoch > end.epoch || (head.height === end.height && head.hash === end.head);
}
