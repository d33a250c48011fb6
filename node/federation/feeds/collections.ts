/** What feeds keep: how far each one is, its blocks, and the records as they stand now. */
import type { AdvertRecord, BlockHead } from "@wardline/protocol/adverts";
import type { MemberId } from "@wardline/protocol/identity";
import { blind, defineCollection } from "../../store/index.ts";

export interface FeedState {
  readonly author: MemberId;
  readonly head: BlockHead;
  /** Records asserted and not withdrawn. */
  readonly live: number;
  /** Since when nothing more is taken, because its author told two stories. */
  readonly frozen?: number;
}

/** Key: feed id. */
export const feedStates = defineCollection<FeedState>("federation.feeds");

/** Blocks as they came. Key: feed id, height. */
export const blocks = defineCollection<Uint8Array>("federation.blocks");

export interface RecordWithAuthor {
  readonly author: MemberId;
  readonly record: AdvertRecord;
}

/** Records in force; a withdrawn one is gone from here and stays in its block. Key: author, record id. */
export const records = defineCollection<RecordWithAuthor>("federation.records", {
  indexes: { sha256: ({ record }) => [[blind(record.digests.sha256)]] },
});
