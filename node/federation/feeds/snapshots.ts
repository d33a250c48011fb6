/**
 * Snapshots of the feeds held here, the newest of each. A piece is made when it is asked for, as of the snapshot's block,
 * from the records as they stand now: what was replaced since is kept until the next snapshot. Digests of pieces stay from
 * one snapshot to the next, so that making one costs what has changed, not the whole feed; every holder makes it too, and
 * holds it against the author's.
 */
import {
  PIECE_SEQUENCES,
  encodeRecord,
  encodeSnapshot,
  pieceDigest,
  pieceOf,
  piecesIn,
  readSnapshot,
  snapshotOf,
  type PieceEntry,
  type Snapshot,
} from "@wardline/protocol/adverts";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import {
  records,
  withdrawnRecords,
  type FeedState,
  type KeptRecord,
  type WithdrawnRecord,
} from "./collections.ts";
import { deleteListed } from "./forgetting.ts";

/** The newest snapshot that the feed names: its header. Key: feed. */
const snapshots = defineCollection<Uint8Array>("federation.snapshots");

/** Digests of its pieces, so many in a row. Key: feed, page. */
const digestPages = defineCollection<Uint8Array>("federation.digests");
export const PAGE_DIGESTS = 1024;
const DIGEST_BYTES = 32;

/** Its pieces that changed since. Key: feed, piece. */
const touched = defineCollection<true>("federation.touched");

/** Records in it that were replaced since, and by the block at which height. Key: feed, sequence. */
const replaced = defineCollection<Standing & { readonly until: number }>("federation.replaced");

/** A record in force, or withdrawn. */
export type Standing = KeptRecord & Partial<Pick<WithdrawnRecord, "withdrawn">>;

export async function newestSnapshot(reader: Reader, feed: string): Promise<Uint8Array | undefined> {
  return reader.get(snapshots, feed);
}

/**
 * The header of the snapshot that ends with the feed's newest block, with the digests of all pieces in the unit; undefined
 * when not every record is held here as it was published. `federation`: its id.
 */
export async function makeSnapshot(
  unit: Unit,
  { head, author, exact }: FeedState,
  federation: string,
): Promise<Uint8Array | undefined> {
  const { feed, height, firstSequence, count } = head;
  if (!exact) return undefined;
  const sequences = firstSequence + count;
  const digests = await allDigests(unit, feed);
  for (const piece of await changedPieces(unit, feed, sequences)) {
    digests[piece] = pieceDigest(await pieceAt(unit, { feed, height, sequences }, piece));
    unit.delete(touched, [feed, piece]);
  }
  putDigests(unit, feed, digests);
  return encodeSnapshot(snapshotOf({ ...head, author, federation }, digests));
}

/** From here on the feed's snapshot is this one. */
export async function settleSnapshot(
  unit: Unit,
  feed: string,
  header: Uint8Array | undefined,
): Promise<void> {
  if (!header) return unit.delete(snapshots, [feed]);
  for await (const { key } of unit.list(replaced, { prefix: [feed] })) unit.delete(replaced, key);
  unit.put(snapshots, [feed], header);
}

/** Forgets what is kept of a feed's snapshot, at most so many rows of each kind. Returns how many. */
export async function forgetSnapshot(unit: Unit, feed: string, limit: number): Promise<number> {
  const some = { prefix: [feed], limit };
  unit.delete(snapshots, [feed]);
  return (
    (await deleteListed(unit, digestPages, some)) +
    (await deleteListed(unit, touched, some)) +
    (await deleteListed(unit, replaced, some))
  );
}

/** Notes that records of the newest snapshot change; `gone` are those that nothing else will remember. */
export async function noteChanged(
  unit: Unit,
  feed: string,
  height: number,
  changed: { readonly sequences: Iterable<number>; readonly gone: readonly Standing[] },
): Promise<void> {
  const header = await unit.get(snapshots, feed);
  if (!header) return;
  const { sequences } = readSnapshot(header);
  const inside = (sequence: number) => sequence < sequences;
  const pieces = new Set([...changed.sequences].filter(inside).map(pieceOf));
  for (const piece of pieces) unit.put(touched, [feed, piece], true);
  for (const one of changed.gone)
    if (inside(one.sequence)) unit.put(replaced, [feed, one.sequence], { ...one, until: height });
}

/** The entries of one piece, as of a block at or below the newest one, and not below the newest snapshot. */
export async function pieceAt(
  reader: Reader,
  { feed, height, sequences }: Pick<Snapshot, "feed" | "height" | "sequences">,
  piece: number,
): Promise<PieceEntry[]> {
  const first = piece * PIECE_SEQUENCES;
  const end = Math.min(first + PIECE_SEQUENCES, sequences);
  const part = { prefix: [feed], limit: PIECE_SEQUENCES, ...(first > 0 && { after: [feed, first - 1] }) };
  const found: PieceEntry[] = [];
  const add = ({ sequence, salt, record, withdrawn }: Standing) => {
    if (sequence >= end) return false;
    const entry = { sequence, salt, bytes: encodeRecord(record) };
    if (!withdrawn || withdrawn.height > height) found.push(entry);
    else found.push({ ...entry, withdrawn: { height: withdrawn.height, at: withdrawn.at } });
    return true;
  };
  for await (const { value } of reader.list(records, { index: "sequence", ...part })) if (!add(value)) break;
  for await (const { value } of reader.list(withdrawnRecords, { index: "sequence", ...part }))
    if (!add(value)) break;
  for await (const { value } of reader.list(replaced, part)) if (value.until > height && !add(value)) break;
  return found.sort((a, b) => a.sequence - b.sequence);
}

/** The digests of one page, of the newest snapshot. */
export async function digestPage(reader: Reader, feed: string, page: number): Promise<Uint8Array> {
  return (await reader.get(digestPages, feed, page)) ?? new Uint8Array();
}

/** The digests of the newest snapshot's pieces. */
export async function allDigests(reader: Reader, feed: string): Promise<Uint8Array[]> {
  const digests: Uint8Array[] = [];
  for await (const { value } of reader.list(digestPages, { prefix: [feed] })) digests.push(...split(value));
  return digests;
}

export function split(page: Uint8Array): Uint8Array[] {
  const count = Math.floor(page.length / DIGEST_BYTES);
  return Array.from({ length: count }, (_, at) => page.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES));
}

export function putDigests(unit: Unit, feed: string, digests: readonly Uint8Array[]): void {
  for (let page = 0; page * PAGE_DIGESTS < digests.length; page++) {
    const some = digests.slice(page * PAGE_DIGESTS, (page + 1) * PAGE_DIGESTS);
    unit.put(digestPages, [feed, page], Buffer.concat(some) as Uint8Array);
  }
}

/** Those that changed since the newest snapshot, and those that it does not have or has not whole. */
async function changedPieces(reader: Reader, feed: string, sequences: number): Promise<Set<number>> {
  const pieces = new Set<number>();
  for await (const { key } of reader.list(touched, { prefix: [feed] })) pieces.add(Number(key[1]));
  const header = await reader.get(snapshots, feed);
  const first = header ? pieceOf(readSnapshot(header).sequences) : 0;
  for (let piece = first; piece < piecesIn(sequences); piece++) pieces.add(piece);
  return pieces;
}
