/**
 * Adverts: what members say of pictures and videos, by hash, to all of an audience. Records in signed blocks, blocks in feeds; erasing and
 * proving one record; what continues a feed and what proves that its author told two stories.
 */
export { audienceNames, audienceOf, audiences, feedId, mayRead, type Audience } from "./feed.ts";
export { decodeRecord, encodeRecord, type AdvertRecord } from "./record.ts";
export { MOST_RECORDS, NO_HASH, blockHashOf, readBlockHeader, type BlockHeader } from "./header.ts";
export {
  SIGNED_HEADER_BYTES,
  buildBlock,
  eraseRecord,
  openBlock,
  openBlockHeader,
  type Block,
  type BlockDraft,
} from "./block.ts";
export type { BlockEntry } from "./entries.ts";
export { contradiction, refuseUnchained, type BlockHead, type Contradiction } from "./chain.ts";
export { openRecordProof, proveRecord, type RecordProof } from "./proof.ts";
export {
  MOST_PIECES,
  encodeSnapshot,
  openSnapshot,
  piecesIn,
  readSnapshot,
  rootOfPieces,
  snapshotHash,
  snapshotOf,
  type Snapshot,
} from "./snapshot.ts";
export {
  PIECE_SEQUENCES,
  encodePiece,
  pieceDigest,
  pieceOf,
  readPiece,
  wrongPiece,
  type PieceEntry,
} from "./piece.ts";
