/**
 * A snapshot: what a feed says as of one of its blocks, without the years that led there. Its header is 182 bytes, fixed width:
 *
 *     magic[8] · suite u16 · federation[32] · feed[32] · author[16] · epoch u32 · epoch start u64 · height u64 · head[32]
 *     · sequences u64 · root[32]
 *
 * Everything in it follows from the blocks, so that every holder can make it again byte for byte and needs nobody's word
 * for it. It has no signature of its own: the next block's signed header names its hash.
 */
import { ByteReader, ByteWriter, equalBytes, hex, sha256, unhex, utf8 } from "../encoding/index.ts";
import { leafHash, rootOf } from "../log/index.ts";
import type { BlockHead } from "./chain.ts";
import type { BlockHeader } from "./header.ts";
import { PIECE_SEQUENCES } from "./piece.ts";
import { refused } from "./refusals.ts";

const MAGIC = utf8("WARDSNP1");
const SUITE = 1;
const SNAPSHOT_BYTES = 182;

/** More pieces than a feed of 250 million records has; a list of their digests is 32 MiB. */
export const MOST_PIECES = 1_048_576;

/** Ids and hashes are lower-case hexadecimal. */
export interface Snapshot {
  readonly federation: string;
  readonly feed: string;
  readonly author: string;
  readonly epoch: number;
  readonly epochStart: number;
  /** Of the last block that counts. */
  readonly height: number;
  /** The hash of that block. */
  readonly head: string;
  /** Records in the feed up to there, of whatever action: the next block's first sequence. */
  readonly sequences: number;
  /** RFC 6962 root over the pieces' digests. */
  readonly root: string;
}

/** The snapshot that ends with a block, over the digests of its pieces. */
export function snapshotOf(
  head: BlockHead & Pick<BlockHeader, "federation" | "author">,
  digests: readonly Uint8Array[],
): Snapshot {
  const { federation, feed, author, epoch, epochStart, height, hash, firstSequence, count } = head;
  const sequences = firstSequence + count;
  return {
    federation,
    feed,
    author,
    epoch,
    epochStart,
    height,
    head: hash,
    sequences,
    root: rootOfPieces(digests),
  };
}

/** How many pieces a snapshot over so many sequences has. */
export const piecesIn = (sequences: number): number => Math.ceil(sequences / PIECE_SEQUENCES);

/** Over the digests of all pieces, in order. */
export function rootOfPieces(digests: readonly Uint8Array[]): string {
  return hex(rootOf(digests.map(leafHash)));
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  return new ByteWriter()
    .bytes(MAGIC)
    .u16(SUITE)
    .bytes(unhex(snapshot.federation, 32))
    .bytes(unhex(snapshot.feed, 32))
    .bytes(unhex(snapshot.author, 16))
    .u32(snapshot.epoch)
    .u64(snapshot.epochStart)
    .u64(snapshot.height)
    .bytes(unhex(snapshot.head, 32))
    .u64(snapshot.sequences)
    .bytes(unhex(snapshot.root, 32))
    .finish();
}

/** What a block's header names. */
export const snapshotHash = (bytes: Uint8Array): string => hex(sha256(bytes));

/** Reads a snapshot's header; verifies nothing. Throws `advert/snapshot-malformed`. */
export function readSnapshot(bytes: Uint8Array): Snapshot {
  if (bytes.length !== SNAPSHOT_BYTES) throw malformed();
  const reader = new ByteReader(bytes);
  if (!equalBytes(reader.bytes(8), MAGIC) || reader.u16() !== SUITE) throw malformed();
  const snapshot = readFields(reader);
  if (piecesIn(snapshot.sequences) > MOST_PIECES) throw malformed();
  return snapshot;
}

function readFields(reader: ByteReader): Snapshot {
  try {
    return {
      federation: hex(reader.bytes(32)),
      feed: hex(reader.bytes(32)),
      author: hex(reader.bytes(16)),
      epoch: reader.u32(),
      epochStart: reader.u64(),
      height: reader.u64(),
      head: hex(reader.bytes(32)),
      sequences: reader.u64(),
      root: hex(reader.bytes(32)),
    };
  } catch {
    throw malformed();
  }
}

/**
 * A snapshot's header, held against the block that it ends with and the next one, both verified already (`openBlock`). Throws
 * `advert/snapshot-malformed`, `advert/snapshot-not-committed` when the next block does not name it,
 * `advert/snapshot-of-another` when it is of another feed, epoch or block.
 */
export function openSnapshot(
  bytes: Uint8Array,
  head: BlockHeader & { hash: string },
  next: BlockHeader,
): Snapshot {
  const snapshot = readSnapshot(bytes);
  if (next.snapshot !== snapshotHash(bytes) || next.feed !== head.feed || next.previous !== head.hash)
    throw refused("snapshot-not-committed", "The block after the snapshot does not name it.");
  const { federation, feed, author, epoch, epochStart, height, hash, firstSequence, count } = head;
  const same =
    snapshot.federation === federation &&
    snapshot.feed === feed &&
    snapshot.author === author &&
    snapshot.epoch === epoch &&
    snapshot.epochStart === epochStart &&
    snapshot.height === height &&
    snapshot.head === hash &&
    snapshot.sequences === firstSequence + count;
  if (same) return snapshot;
  throw refused("snapshot-of-another", "The snapshot is of another feed, epoch or block.");
}

const malformed = () => refused("snapshot-malformed", "The bytes are no snapshot as specified.");
