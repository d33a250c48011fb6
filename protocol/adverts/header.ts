/** The signed header of a block, 256 bytes, fixed width. Its hash is the block's identity and what the next block names. */
import {
  ByteReader,
  ByteWriter,
  WardlineError,
  equalBytes,
  hex,
  pae,
  sha256,
  unhex,
  utf8,
} from "../encoding/index.ts";

const MAGIC = utf8("WARDBLK1");
/** Suite 1: one Ed25519 signature over the header, SHA-256 everywhere. */
const SUITE = 1;
export const BLOCK_HEADER_BYTES = 256;
/** One signature covers up to a thousand records, and they still fit into one frame. */
export const MOST_RECORDS = 1000;
/** What the first block names as previous, and a header without a snapshot as snapshot. */
export const NO_HASH = "0".repeat(64);

/** Ids and hashes are lower-case hexadecimal. */
export interface BlockHeader {
  readonly federation: string;
  readonly feed: string;
  readonly author: string;
  readonly keyId: string;
  readonly epoch: number;
  /** The height of this epoch's first block. Heights go on over epochs: (epochStart - 1, previous) of that block is the old epoch's end. */
  readonly epochStart: number;
  readonly height: number;
  /** The hash of the block one height below. */
  readonly previous: string;
  /** The sequence number of the first record in the feed. */
  readonly firstSequence: number;
  readonly count: number;
  /** RFC 6962 root over the records' commitments. */
  readonly root: string;
  /** SHA-256 of the snapshot that ends at `previous`, or zeros. */
  readonly snapshot: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export function encodeBlockHeader(header: BlockHeader): Uint8Array {
  return new ByteWriter()
    .bytes(MAGIC)
    .u16(SUITE)
    .bytes(unhex(header.federation, 32))
    .bytes(unhex(header.feed, 32))
    .bytes(unhex(header.author, 16))
    .bytes(unhex(header.keyId, 32))
    .u32(header.epoch)
    .u64(header.epochStart)
    .u64(header.height)
    .bytes(unhex(header.previous, 32))
    .u64(header.firstSequence)
    .u16(header.count)
    .bytes(unhex(header.root, 32))
    .bytes(unhex(header.snapshot, 32))
    .u64(header.time)
    .finish();
}

/** Reads a header without verifying it. Throws `advert/truncated`, `advert/magic`, `advert/suite` or `advert/malformed`. */
export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length < BLOCK_HEADER_BYTES)
    throw new WardlineError("advert/truncated", "The block ends before it should.");
  const reader = new ByteReader(bytes);
  if (!equalBytes(reader.bytes(8), MAGIC))
    throw new WardlineError("advert/magic", "The bytes are no block of a feed.");
  if (reader.u16() !== SUITE) {
    throw new WardlineError("advert/suite", "The block is of a suite that this version does not know.", {
      advice: "Upgrade the node.",
    });
  }
  return consistent(readFields(reader));
}

/** The identity of a block: the hash of its header, which `bytes` begin with. */
export function blockHashOf(bytes: Uint8Array): string {
  return hex(sha256(bytes.subarray(0, BLOCK_HEADER_BYTES)));
}

/** What the author signs. */
export function blockSignedBytes(header: Uint8Array, federationId: string): Uint8Array {
  return pae("wardline/block/1", unhex(federationId, 32), header);
}

function readFields(reader: ByteReader): BlockHeader {
  try {
    return {
      federation: hex(reader.bytes(32)),
      feed: hex(reader.bytes(32)),
      author: hex(reader.bytes(16)),
      keyId: hex(reader.bytes(32)),
      epoch: reader.u32(),
      epochStart: reader.u64(),
      height: reader.u64(),
      previous: hex(reader.bytes(32)),
      firstSequence: reader.u64(),
      count: reader.u16(),
      root: hex(reader.bytes(32)),
      snapshot: hex(reader.bytes(32)),
      time: reader.u64(),
    };
  } catch (cause) {
    throw new WardlineError("advert/malformed", "A number in the block's header is beyond all range.", {
      cause,
    });
  }
}

/** What no feed can say, whoever signs it. */
function consistent(header: BlockHeader): BlockHeader {
  const first = header.height === 0;
  const sound =
    header.count <= MOST_RECORDS &&
    header.epochStart <= header.height &&
    first === (header.previous === NO_HASH) &&
    (!first || header.firstSequence === 0) &&
    (header.epoch > 0 || header.epochStart === 0);
  if (sound) return header;
  throw new WardlineError("advert/malformed", "The numbers in the block's header do not fit together.");
}
