/** One record shown alone: its block's signed header, its salt, and the way up the tree. */
import { unhex } from "../encoding/index.ts";
import { inclusionProofIn, leafHash, verifyInclusion } from "../log/index.ts";
import type { Trust } from "../roster/index.ts";
import { entryAt, openBlockHeader, type Block } from "./block.ts";
import { BLOCK_HEADER_BYTES } from "./header.ts";
import { refused } from "./refusals.ts";
import { commitmentOf, decodeRecord, type AdvertRecord } from "./record.ts";

export interface RecordProof {
  /** The block's header and signature, 320 bytes. */
  readonly header: Uint8Array;
  readonly sequence: number;
  readonly salt: Uint8Array;
  readonly record: Uint8Array;
  /** Hashes from the leaf upwards (RFC 6962). */
  readonly path: readonly Uint8Array[];
}

/** Throws `advert/no-such-record`, also for a record that was erased. */
export function proveRecord(block: Block, sequence: number): RecordProof {
  const { kept } = entryAt(block, sequence);
  if (!kept) throw refused("no-such-record", "The record was erased.");
  const leaves = block.entries.map(({ commitment }) => leafHash(commitment));
  return {
    header: block.bytes.slice(0, BLOCK_HEADER_BYTES + 64),
    sequence,
    salt: kept.salt,
    record: kept.bytes,
    path: inclusionProofIn(leaves, sequence - block.firstSequence),
  };
}

/** Who said what, from the proof alone. Throws as `openBlock` does, and `advert/proof`. */
export function openRecordProof(
  proof: RecordProof,
  trust: Trust,
): { author: string; record: AdvertRecord; time: number } {
  const header = openBlockHeader(proof.header, trust);
  const included = verifyInclusion({
    index: proof.sequence - header.firstSequence,
    size: header.count,
    leafHash: leafHash(commitmentOf(proof.salt, proof.record)),
    proof: proof.path,
    root: unhex(header.root),
  });
  if (!included) throw refused("proof", "The record is not in the block that the proof names.");
  return { author: header.author, record: decodeRecord(proof.record), time: header.time };
}
