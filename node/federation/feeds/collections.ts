/** What feeds keep: how far each one is, its blocks, and the records as they stand now. */
import { feedId, type AdvertRecord, type Audience, type BlockHead } from "@wardline/protocol/adverts";
import type { MemberId } from "@wardline/protocol/identity";
import { blind, defineCollection } from "../../store/index.ts";

export interface FeedState {
  readonly author: MemberId;
  readonly head: BlockHead;
  /** Adverts in force. */
  readonly live: number;
  /** Every record is held here as it was published, with its place: snapshots can be made of the feed. */
  readonly exact?: boolean;
  /** Heights at which an epoch after the first was opened. */
  readonly openings?: readonly number[];
  /** Since when nothing more is taken, because its author told two stories. */
  readonly frozen?: number | undefined;
}

/** Key: feed id. */
export const feedStates = defineCollection<FeedState>("federation.feeds");

/** Blocks as they came. Key: feed id, height. */
export const blocks = defineCollection<Uint8Array>("federation.blocks");

export interface RecordWithAuthor {
  readonly author: MemberId;
  /** Whose feed it is in: no other member knows of it. */
  readonly audience: Audience;
  readonly record: AdvertRecord;
}

/** Whether a record says something of a file; a dispute says something of a record. */
export const isAdvert = ({ disputes }: AdvertRecord): boolean => disputes === undefined;

/** By whatever digest a file is asked for; their lengths keep them apart. */
const byDigest = ({ record }: RecordWithAuthor) => {
  const { sha256, sha1, md5 } = record.digests;
  const digests = isAdvert(record) ? [sha256, sha1, md5] : [];
  return digests.flatMap((digest) => (digest === undefined ? [] : [[blind(digest)]]));
};

/** A record with its place in the feed and the salt of its commitment. */
export interface KeptRecord extends RecordWithAuthor {
  readonly sequence: number;
  readonly salt: Uint8Array;
}

/** Records come in thousands of one feed, and its id is a hash. */
let last = { author: "", audience: "members" as Audience, feed: "" };
function feedOf({ author, audience }: RecordWithAuthor): string {
  if (last.author !== author || last.audience !== audience)
    last = { author, audience, feed: feedId(author, audience) };
  return last.feed;
}

/** In the order of a feed. */
const bySequence = (kept: KeptRecord) => [[feedOf(kept), kept.sequence]];

/** Records in force. Key: feed, record id. */
export const records = defineCollection<KeptRecord>("federation.records", {
  indexes: { digest: byDigest, sequence: bySequence },
});

/** A record that its author took back, and the block of the author's feed that says so. */
export interface WithdrawnRecord extends KeptRecord {
  readonly withdrawn: { readonly at: number; readonly feed: string; readonly height: number };
}

/** Kept so that people can see who said what before. Key: feed, record id. */
export const withdrawnRecords = defineCollection<WithdrawnRecord>("federation.withdrawn", {
  indexes: { digest: byDigest, sequence: bySequence },
});
