/** What a mailbox keeps for others, and what this node has left with mailboxes. */
import type { MemberId } from "@wardline/protocol/identity";
import { blind, defineCollection } from "../../store/index.ts";
import type { Delivery } from "../delivery/collections.ts";

/** A container kept for its recipient; its bytes lie beside it. */
export interface Kept {
  readonly sender: MemberId;
  readonly recipient: MemberId;
  /** Of the envelope or receipt, from its header. */
  readonly id: string;
  readonly hash: string;
  readonly size: number;
  readonly expires: number;
}

/** Key: recipient, number. */
export const kept = defineCollection<Kept>("federation.mailbox", {
  indexes: { hash: ({ hash }) => [[blind(hash)]] },
});
/** Key: recipient, number. Apart, so that counting and sweeping read no contents. */
export const keptBytes = defineCollection<Uint8Array>("federation.mailbox-bytes");

/** What is kept in all, of one sender, or for one recipient. */
export interface Usage {
  readonly count: number;
  readonly bytes: number;
  /** For a recipient: the number given last. */
  readonly last: number;
}
export const unused: Usage = { count: 0, bytes: 0, last: 0 };

/** Key: `all` and nothing, `of` and a sender, `for` and a recipient. */
export const usages = defineCollection<Usage>("federation.mailbox-usage");

/** Where a delivery that waits was left. */
export interface Deposit {
  readonly mailboxes: readonly MemberId[];
  /** When the first of them took it, milliseconds. */
  readonly at: number;
}

/** Key: recipient, sequence. */
export const deposits = defineCollection<Deposit>("federation.deposits");

/** A delivery as people see it: while it waits, whose mailboxes keep it. */
export interface PlacedDelivery extends Delivery {
  readonly mailboxes?: readonly MemberId[];
}
