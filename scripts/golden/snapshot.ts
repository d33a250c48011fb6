/** Makes the golden bytes of a snapshot: `node scripts/golden/snapshot.ts`. It ends with the second golden block. */
import { readFileSync, writeFileSync } from "node:fs";
import {
  encodePiece,
  encodeSnapshot,
  openBlock,
  pieceDigest,
  snapshotHash,
  snapshotOf,
  type PieceEntry,
} from "@wardline/protocol/adverts";
import { base64, hex, unbase64 } from "@wardline/protocol/encoding";
import { federation } from "../../tests/protocol/support/federation.ts";

const folder = new URL("../../tests/conformance/golden/", import.meta.url);
const { trust } = federation("golden");

/** The first record as if it had been withdrawn by the second block; all others in force. */
export function makeSnapshot(): object {
  const feed = JSON.parse(readFileSync(new URL("feed.json", folder), "utf8")) as {
    blocks: { bytes: string }[];
  };
  const blocks = feed.blocks.map(({ bytes }) => openBlock(unbase64(bytes), trust));
  const head = blocks.at(-1);
  if (!head) throw new Error("the golden feed has no block");
  const entries = blocks
    .flatMap((block) => block.entries)
    .flatMap(({ sequence, kept }): PieceEntry[] =>
      kept ? [{ sequence, salt: kept.salt, bytes: kept.bytes }] : [],
    )
    .map((entry, at) => (at === 0 ? { ...entry, withdrawn: { height: head.height, at: head.time } } : entry));
  const digest = pieceDigest(entries);
  const header = encodeSnapshot(snapshotOf(head, [digest]));
  return {
    piece: base64(encodePiece(entries)),
    digest: hex(digest),
    header: hex(header),
    hash: snapshotHash(header),
  };
}

if (import.meta.main)
  writeFileSync(new URL("snapshot.json", folder), `${JSON.stringify(makeSnapshot(), null, 1)}\n`);
