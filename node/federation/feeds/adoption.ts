/**
 * Beginning with a feed by its snapshot:
 *
 *     header → the two blocks around it, verified → digests, verified by the header's root → pieces, each verified by its
 *     digest and laid aside → all there: applied piece by piece → the feed goes on with ordinary blocks
 *
 * Nothing takes effect before everything is verified. What was laid aside is found again by its digest after a cut, also
 * in the next snapshot. Once applying has begun, all of it is here, and it is finished at the next start at the latest.
 */
import {
  PIECE_SEQUENCES,
  decodeRecord,
  openBlock,
  openSnapshot,
  pieceDigest,
  piecesIn,
  readPiece,
  readSnapshot,
  rootOfPieces,
  wrongPiece,
  type Block,
  type Snapshot,
} from "@wardline/protocol/adverts";
import { WardlineError, hex, unhex } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { readMessage } from "../transport/messages.ts";
import { blocks, isAdvert, records, withdrawnRecords } from "./collections.ts";
import type { Feeds } from "./feeds.ts";
import { deleteListed } from "./forgetting.ts";
import { adopting, staged } from "./incoming.ts";
import { MOST_ASKED, digestsSchema, offeredSchema, piecesSchema, type SnapshotRequest } from "./serve.ts";
import { createSeen, type Seen } from "./seen.ts";
import { refuseErased } from "./whole.ts";
import { PAGE_DIGESTS, allDigests, putDigests, settleSnapshot, split, type Standing } from "./snapshots.ts";

/** Requests for pieces under way at a time, and pieces of each: some hundred KiB. */
const AT_ONCE = 3;
const PIECES_ASKED = MOST_ASKED / 8;
/** Pieces applied in one unit: a thousand records at most. */
const PIECES_APPLIED = 4;

/** Asks the member that offers the snapshot. */
export interface Source {
  readonly member: MemberId;
  ask(request: SnapshotRequest): Promise<Uint8Array>;
  /** Blocks from that height on, as many as it gives. */
  blocks(feed: string, from: number): Promise<readonly Uint8Array[]>;
}

export interface Adoption {
  /**
   * Begins the feed with the snapshot that the source offers; false when it offers none. Throws `advert/snapshot-…`,
   * `federation/over-share`, what `openBlock` throws, and what the source throws: then nothing has taken effect.
   */
  pull(feed: string, source: Source): Promise<boolean>;
  /** Finishes what was being applied when the node stopped. */
  resume(): Promise<void>;
}

interface Services {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly feeds: Feeds;
}

export function createAdoption({ self, trust, commit, feeds }: Services): Adoption {
  async function pull(feed: string, source: Source): Promise<boolean> {
    const bytes = unhex(feed, 32);
    const offered = readMessage(offeredSchema, await source.ask({ kind: "snapshot", feed: bytes }));
    if (!offered.snapshot) return false;
    const { snapshot, head } = await open(feed, offered.snapshot, source);
    const digests = await digestsOf(snapshot, source);
    await fetchPieces(snapshot, digests, source);
    await commit.run((unit) => {
      unit.put(adopting, [feed], {
        header: offered.snapshot as Uint8Array,
        head: head.bytes,
        applied: 0,
        live: 0,
      });
      putDigests(unit, feed, digests);
    });
    await apply(feed);
    return true;
  }

  async function open(
    feed: string,
    header: Uint8Array,
    source: Source,
  ): Promise<{ snapshot: Snapshot; head: Block }> {
    const { height, feed: named, author, sequences } = readSnapshot(header);
    if (!(await feeds.hasRoom(commit, author, feed, sequences)))
      throw new WardlineError(
        "federation/over-share",
        "The author has published more records than its share.",
      );
    const [first, ...rest] = named === feed ? await source.blocks(feed, height) : [];
    const [second] = rest.length > 0 ? rest : await source.blocks(feed, height + 1);
    if (!first || !second)
      throw new WardlineError(
        "advert/snapshot-not-committed",
        "The blocks around the snapshot are not given.",
      );
    const head = openBlock(first, trust());
    refuseErased(head, source.member);
    if (head.feed !== feed)
      throw new WardlineError(
        "advert/snapshot-of-another",
        "The blocks around the snapshot are of another feed.",
      );
    return { snapshot: openSnapshot(header, head, openBlock(second, trust())), head };
  }

  async function digestsOf(
    { feed, height, sequences, root }: Snapshot,
    source: Source,
  ): Promise<Uint8Array[]> {
    const count = piecesIn(sequences);
    const digests: Uint8Array[] = [];
    for (let page = 0; page * PAGE_DIGESTS < count; page++) {
      const asked = { kind: "digests" as const, feed: unhex(feed, 32), height, page };
      digests.push(
        ...split(readMessage(digestsSchema, await source.ask(asked)).digests).slice(0, PAGE_DIGESTS),
      );
    }
    if (digests.length === count && rootOfPieces(digests) === root) return digests;
    throw wrongPiece();
  }

  /** Several requests at a time, each for a few pieces that are not here yet. */
  async function fetchPieces(
    snapshot: Snapshot,
    digests: readonly Uint8Array[],
    source: Source,
  ): Promise<void> {
    const missing = await piecesMissing(snapshot.feed, digests);
    const fetchSome = async () => {
      for (let wanted = missing.splice(0, PIECES_ASKED); wanted.length > 0;) {
        const { feed, height } = snapshot;
        const asked = { kind: "pieces" as const, feed: unhex(feed, 32), height, pieces: wanted };
        const { pieces } = readMessage(piecesSchema, await source.ask(asked));
        await stage(feed, wanted, pieces, digests);
        wanted =
          wanted.length > pieces.length ? wanted.slice(pieces.length) : missing.splice(0, PIECES_ASKED);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, fetchSome));
  }

  async function piecesMissing(feed: string, digests: readonly Uint8Array[]): Promise<number[]> {
    const missing: number[] = [];
    for (const [number, digest] of digests.entries())
      if (!isEmpty(digest) && !(await commit.has(staged, feed, hex(digest)))) missing.push(number);
    return missing;
  }

  async function stage(
    feed: string,
    wanted: readonly number[],
    pieces: readonly Uint8Array[],
    digests: readonly Uint8Array[],
  ): Promise<void> {
    const verified = pieces.slice(0, wanted.length).map((piece, at) => {
      const number = wanted[at] ?? 0;
      const digest = hex(pieceDigest(readPiece(piece, number)));
      if (digest !== hex(digests[number] ?? NOTHING)) throw wrongPiece();
      return { digest, piece };
    });
    await commit.run((unit) => {
      for (const { digest, piece } of verified) unit.put(staged, [feed, digest], piece);
    });
  }

  async function apply(feed: string): Promise<void> {
    const digests = await allDigests(commit, feed);
    const begin = (await commit.get(adopting, feed))?.applied ?? 0;
    // Nothing is held of a feed that begins, so that only a record that comes twice is looked for. After a cut all are.
    const seen = begin === 0 ? createSeen(digests.length * PIECE_SEQUENCES) : undefined;
    let writing: Promise<unknown> = Promise.resolve();
    for (let from = begin; from < digests.length; from += PIECES_APPLIED) {
      const some = digests.slice(from, from + PIECES_APPLIED);
      const kept = await readStaged(feed, from, some);
      // Read and decoded while the pieces before are written.
      await writing;
      writing = commit.run((unit) => applyPieces(unit, feed, { kept, applied: from + some.length, seen }));
      writing.catch(() => undefined);
    }
    await writing;
    await commit.run((unit) => finish(unit, feed));
    await clear(feed);
  }

  async function readStaged(feed: string, from: number, digests: readonly Uint8Array[]): Promise<Standing[]> {
    const row = await commit.get(adopting, feed);
    if (!row) return [];
    const { author, audience } = openBlock(row.head, trust());
    const found: Standing[] = [];
    for (const [at, digest] of digests.entries()) {
      const piece = isEmpty(digest) ? NOTHING : await commit.get(staged, feed, hex(digest));
      for (const { bytes, withdrawn, sequence, salt } of readPiece(piece ?? NOTHING, from + at)) {
        const place = {
          author,
          audience,
          sequence,
          salt: Uint8Array.from(salt),
          record: decodeRecord(bytes),
        };
        found.push(withdrawn ? { ...place, withdrawn: { ...withdrawn, feed } } : place);
      }
    }
    return found;
  }

  async function applyPieces(
    unit: Unit,
    feed: string,
    { kept, applied, seen }: { kept: readonly Standing[]; applied: number; seen: Seen | undefined },
  ): Promise<void> {
    const row = await unit.get(adopting, feed);
    if (!row || row.applied >= applied) return;
    let live = 0;
    for (const { withdrawn, ...one } of kept) {
      const key = [feed, one.record.id] as const;
      const put = seen?.note(one.record.id) === false ? unit.add : unit.put;
      if (withdrawn) put(withdrawnRecords, key, { ...one, withdrawn });
      else put(records, key, one);
      if (!withdrawn && isAdvert(one.record)) live++;
    }
    unit.put(adopting, [feed], { ...row, applied, live: row.live + live });
    const [first] = kept;
    if (first && first.author !== self) await feeds.tell(unit, first.author, kept.map(toldOf));
  }

  async function finish(unit: Unit, feed: string): Promise<void> {
    const row = await unit.get(adopting, feed);
    if (!row) return;
    const head = openBlock(row.head, trust());
    await settleSnapshot(unit, feed, row.header);
    unit.put(blocks, [feed, head.height], row.head);
    await feeds.begin(unit, head, row.live);
    unit.delete(adopting, [feed]);
  }

  /** Also what was laid aside for an earlier snapshot. */
  async function clear(feed: string): Promise<void> {
    for (let more = true; more;) {
      const deleted = await commit.run((unit) => deleteListed(unit, staged, { prefix: [feed], limit: 100 }));
      more = deleted > 0;
    }
  }

  return {
    pull,
    async resume() {
      const open: string[] = [];
      for await (const { key } of commit.list(adopting)) open.push(String(key[0]));
      for (const feed of open) await apply(feed);
    },
  };
}

const NOTHING = new Uint8Array();
const EMPTY = hex(pieceDigest([]));
const isEmpty = (digest: Uint8Array) => hex(digest) === EMPTY;

/** What a record that was withdrawn before we came does to what others told us. */
const toldOf = ({ record, withdrawn }: Standing) =>
  withdrawn ? { ...record, action: "withdraw" as const } : record;
