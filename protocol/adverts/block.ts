/**
 * A block: a signed header and up to a thousand records. On the wire:
 *
 *     header[256] · signature[64] · entries
 *     entry = 1 · salt[16] · length u16 · record    or, of an erased record,    0 · commitment[32]
 *
 * The header commits to every record by a salted commitment in a Merkle tree, so that one signature covers them all, one can be proved
 * alone, and one can be erased while the block stays what was signed.
 */
import { WardlineError, concat, type Random } from "../encoding/index.ts";
import { keyIdOf, signEd25519, verifyEd25519, type IdentitySecretKey } from "../identity/index.ts";
import { identityKey, member, type Cutoff, type Trust } from "../roster/index.ts";
import { encodeEntries, newEntry, readEntries, rootOfEntries, type BlockEntry } from "./entries.ts";
import { audienceOf, type Audience } from "./feed.ts";
import {
  BLOCK_HEADER_BYTES,
  MOST_RECORDS,
  NO_HASH,
  blockHashOf,
  blockSignedBytes,
  encodeBlockHeader,
  readBlockHeader,
  type BlockHeader,
} from "./header.ts";
import { refused, truncated } from "./refusals.ts";
import { SALT_BYTES, type AdvertRecord } from "./record.ts";

/** One frame of a stream has to hold a block. */
const LARGEST_BLOCK = 1_048_576;
/** Header and signature: what proves that its author signed it. */
export const SIGNED_HEADER_BYTES = BLOCK_HEADER_BYTES + 64;
const ENTRIES_AT = SIGNED_HEADER_BYTES;

export interface Block extends BlockHeader {
  readonly audience: Audience;
  /** SHA-256 of the header, hexadecimal. */
  readonly hash: string;
  readonly signature: Uint8Array;
  readonly entries: readonly BlockEntry[];
  /** The records that were not erased. */
  readonly records: readonly AdvertRecord[];
  readonly bytes: Uint8Array;
}

export interface BlockDraft {
  author: string;
  feed: string;
  epoch: number;
  /** Height of the epoch's first block; 0 unless the node was restored and opened another epoch. */
  epochStart?: number;
  height: number;
  /** Hash of the block below, absent for the first. */
  previous?: string;
  firstSequence: number;
  /** At most 1,000. */
  records: readonly AdvertRecord[];
  /** SHA-256 of a snapshot that ends with the block below. */
  snapshot?: string;
  time: number;
  random: Random;
}

/** Signs a block. Throws `advert/malformed`, `advert/malformed-record`, `advert/too-large` (more than 1,000 records, or 1 MiB), `advert/feed`. */
export function buildBlock(draft: BlockDraft, key: IdentitySecretKey, federationId: string): Block {
  const { records, random, firstSequence } = draft;
  if (records.length > MOST_RECORDS) throw tooLarge();
  const entries = records.map((record, index) => newEntry(record, firstSequence + index, random(SALT_BYTES)));
  const header: BlockHeader = {
    federation: federationId,
    feed: draft.feed,
    author: draft.author,
    keyId: keyIdOf(key.public),
    epoch: draft.epoch,
    epochStart: draft.epochStart ?? 0,
    height: draft.height,
    previous: draft.previous ?? NO_HASH,
    firstSequence,
    count: records.length,
    root: rootOfEntries(entries),
    snapshot: draft.snapshot ?? NO_HASH,
    time: draft.time,
  };
  const head = encodeBlockHeader(header);
  readBlockHeader(head);
  return assemble(header, signEd25519(key.seeds.ed25519, blockSignedBytes(head, federationId)), entries);
}

/**
 * Reads and verifies a block by itself; whether it continues what is held is `refuseUnchained`'s to say. Throws `advert/truncated`, `/magic`,
 * `/suite`, `/malformed`, `/too-large`, `/trailing-bytes`, `/federation`, `/unknown-author`, `/feed`, `/unknown-key`, `/key-not-valid`,
 * `/key-cut-off`, `/signature`, `/malformed-record` or `/root`.
 */
export function openBlock(bytes: Uint8Array, trust: Trust): Block {
  if (bytes.length > LARGEST_BLOCK) throw tooLarge();
  const header = openBlockHeader(bytes, trust);
  const entries = readEntries(bytes.subarray(ENTRIES_AT), header);
  if (rootOfEntries(entries) !== header.root) {
    throw new WardlineError("advert/root", "The records are not those that the block's author signed.");
  }
  return assemble(header, bytes.subarray(BLOCK_HEADER_BYTES, ENTRIES_AT), entries);
}

/** Verifies the header and signature at the beginning of `bytes`; throws as `openBlock` does for them. */
export function openBlockHeader(bytes: Uint8Array, trust: Trust): BlockHeader {
  const header = readBlockHeader(bytes);
  if (bytes.length < ENTRIES_AT) throw truncated();
  if (header.federation !== trust.federationId)
    throw refused("federation", "The block belongs to another federation.");
  if (!member(trust, header.author))
    throw refused("unknown-author", "The block's author is not in the roster.");
  if (!audienceOf(header.feed, header.author)) throw refused("feed", "The feed is none of the author's.");
  const key = identityKey(trust, header.author, header.keyId);
  if (!key) throw refused("unknown-key", "The roster does not list the block's key for its author.");
  const signed = blockSignedBytes(bytes.subarray(0, BLOCK_HEADER_BYTES), header.federation);
  if (!verifyEd25519(key.public.ed25519, signed, bytes.subarray(BLOCK_HEADER_BYTES, ENTRIES_AT))) {
    throw refused("signature", "The block's signature is not its author's.");
  }
  if (header.time < key.from || header.time >= key.until) {
    throw refused("key-not-valid", "The block was made outside of its key's life.");
  }
  if (key.cutoff && !withinCutoff(key.cutoff, header, blockHashOf(bytes.subarray(0, BLOCK_HEADER_BYTES)))) {
    throw refused(
      "key-cut-off",
      "The key was cut off, and the roster's last block of this feed is another or an earlier one.",
    );
  }
  return header;
}

/** Of a key that was cut off, a feed counts up to the (height, head) that the roster names, and not at all without one. */
function withinCutoff(cutoff: Cutoff, { feed, epoch, height }: BlockHeader, hash: string): boolean {
  const end = cutoff.feeds.find((named) => named.feed === feed);
  if (!end || epoch > end.epoch || height > end.height) return false;
  return height < end.height || hash === end.head;
}

/**
 * The block without the content of one record: a withdrawal that a law asks to be complete. Hash, signature and every other record's
 * proof stay. Throws `advert/no-such-record`.
 */
export function eraseRecord(block: Block, sequence: number): Block {
  entryAt(block, sequence);
  const entries = block.entries.map((entry) =>
    entry.sequence === sequence ? { sequence, commitment: entry.commitment } : entry,
  );
  return assemble(block, block.signature, entries);
}

export function entryAt(block: Block, sequence: number): BlockEntry {
  const entry = block.entries[sequence - block.firstSequence];
  if (entry) return entry;
  throw refused("no-such-record", "The block holds no record of this number.");
}

function assemble(header: BlockHeader, signature: Uint8Array, entries: BlockEntry[]): Block {
  const audience = audienceOf(header.feed, header.author);
  if (!audience) throw refused("feed", "The feed is none of the author's.");
  const head = encodeBlockHeader(header);
  const bytes = concat(head, signature, encodeEntries(entries));
  if (bytes.length > LARGEST_BLOCK) throw tooLarge();
  const records = entries.flatMap(({ kept }) => (kept ? [kept.record] : []));
  return { ...header, audience, hash: blockHashOf(head), signature, entries, records, bytes };
}

function tooLarge(): WardlineError {
  return new WardlineError("advert/too-large", "A block has at most 1,000 records and 1 MiB.", {
    advice: "Put the records into several blocks.",
  });
}
