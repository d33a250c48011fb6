/** Feeds as chains: what continues one, and what proves that its author told two stories. Two signed headers are always enough. */
import type { BlockHeader } from "./header.ts";
import { refused } from "./refusals.ts";

/** A header with its hash: what is remembered of a feed's newest block, and what a proof of misbehaviour is made of. */
export type BlockHead = Pick<
  BlockHeader,
  "feed" | "epoch" | "epochStart" | "height" | "previous" | "firstSequence" | "count"
> & { readonly hash: string };

/**
 * Refuses a block that does not continue `head` (undefined: nothing is held yet). Throws `advert/known` for the block held already,
 * `advert/gap` (fetch what lies between), `advert/fork` (keep both, freeze the feed; see `contradiction`) or `advert/chain`.
 */
export function refuseUnchained(head: BlockHead | undefined, block: BlockHead): void {
  if (head?.hash === block.hash) throw refused("known", "The block is held already.");
  const expected = head ? head.height + 1 : 0;
  if (head && contradiction(head, block))
    throw refused("fork", "The block contradicts one that its author signed before.");
  if (block.height > expected) throw refused("gap", "Blocks are missing before this one.");
  const sequence = head ? head.firstSequence + head.count : 0;
  const epochGoesOn = head ? continuesEpoch(head, block) : true;
  if (block.height === expected && block.firstSequence === sequence && epochGoesOn) return;
  throw refused("chain", "The block does not continue the feed.");
}

export type Contradiction =
  | "two-blocks-at-one-height"
  | "two-openings-of-one-epoch"
  | "beyond-the-end-of-an-epoch"
  | "another-previous";

/**
 * Why two blocks of one feed, both signed by its author, cannot both be honest; undefined when they can. The order does not matter.
 * Whoever holds both headers with their signatures can show it to anyone.
 */
export function contradiction(one: BlockHead, other: BlockHead): Contradiction | undefined {
  if (one.feed !== other.feed || one.hash === other.hash) return undefined;
  const [older, newer] = one.epoch <= other.epoch ? [one, other] : [other, one];
  if (older.epoch === newer.epoch) {
    if (older.epochStart !== newer.epochStart) return "two-openings-of-one-epoch";
    if (older.height === newer.height) return "two-blocks-at-one-height";
  } else if (older.height >= newer.epochStart) return "beyond-the-end-of-an-epoch";
  const [lower, upper] = older.height < newer.height ? [older, newer] : [newer, older];
  const adjacent = upper.height === lower.height + 1;
  return adjacent && upper.previous !== lower.hash ? "another-previous" : undefined;
}

function continuesEpoch(head: BlockHead, block: BlockHead): boolean {
  if (block.epoch === head.epoch) return block.epochStart === head.epochStart;
  return block.epoch > head.epoch && block.epochStart === block.height;
}
