/** Snapshots: what they say, that they are exact, and what is refused. */
import { expect, test } from "vitest";
import {
  MOST_PIECES,
  PIECE_SEQUENCES,
  encodePiece,
  encodeSnapshot,
  openSnapshot,
  pieceDigest,
  pieceOf,
  piecesIn,
  readPiece,
  readSnapshot,
  snapshotHash,
  snapshotOf,
  type PieceEntry,
} from "@wardline/protocol/adverts";
import { systemRandom } from "@wardline/protocol/encoding";

const hash = () => systemRandom(32).toHex();
const header = () => ({
  ...{ federation: hash(), feed: hash(), author: systemRandom(16).toHex(), keyId: hash() },
  ...{ epoch: 2, epochStart: 5, height: 7, previous: hash(), firstSequence: 500, count: 100, hash: hash() },
  ...{ root: hash(), snapshot: "0".repeat(64), time: 9 },
});
const digests = [systemRandom(32), systemRandom(32), systemRandom(32)];
const entry = (sequence: number, withdrawn?: PieceEntry["withdrawn"]): PieceEntry => ({
  ...{ sequence, salt: systemRandom(16), bytes: systemRandom(40) },
  ...(withdrawn && { withdrawn }),
});

test("a header says all that follows from the blocks, in 182 bytes", () => {
  const head = header();
  const bytes = encodeSnapshot(snapshotOf(head, digests));
  expect(bytes).toHaveLength(182);
  const next = { ...header(), feed: head.feed, previous: head.hash, snapshot: snapshotHash(bytes) };
  const opened = openSnapshot(bytes, head, next);
  expect(opened).toEqual(readSnapshot(bytes));
  expect(opened).toMatchObject({ height: 7, head: head.hash, sequences: 600 });
});

test("a header that the next block does not name, or of another feed, epoch or block, is refused", () => {
  const head = header();
  const bytes = encodeSnapshot(snapshotOf(head, digests));
  const next = { ...header(), feed: head.feed, previous: head.hash, snapshot: snapshotHash(bytes) };
  const uncommitted = expect.objectContaining({ code: "advert/snapshot-not-committed" }) as Error;
  expect(() => openSnapshot(bytes, head, { ...next, snapshot: hash() })).toThrow(uncommitted);
  expect(() => openSnapshot(bytes, head, { ...next, previous: hash() })).toThrow(uncommitted);
  const changes = [{ feed: hash() }, { author: hash().slice(32) }, { epoch: 1 }, { epochStart: 4 }];
  for (const change of [...changes, { height: 6 }, { hash: hash() }, { count: 99 }]) {
    const other = { ...head, ...change };
    const after = { ...next, feed: other.feed, previous: other.hash };
    expect(() => openSnapshot(bytes, other, after), JSON.stringify(change)).toThrow(
      expect.objectContaining({ code: "advert/snapshot-of-another" }) as Error,
    );
  }
});

test("bytes that are no header are refused", () => {
  const bytes = encodeSnapshot(snapshotOf(header(), digests));
  const wrong = [
    bytes.subarray(1),
    Uint8Array.of(...bytes, 0),
    bytes.with(0, 0),
    bytes.with(9, 2),
    encodeSnapshot({ ...readSnapshot(bytes), sequences: MOST_PIECES * PIECE_SEQUENCES + 1 }),
  ];
  for (const one of wrong)
    expect(() => readSnapshot(one)).toThrow(
      expect.objectContaining({ code: "advert/snapshot-malformed" }) as Error,
    );
});

test("a piece keeps what is in force and what was withdrawn, and its digest shows every change", () => {
  const entries = [entry(256), entry(300, { height: 9, at: 10 }), entry(511)];
  const bytes = encodePiece(entries);
  expect(readPiece(bytes, 1)).toEqual(entries);
  expect(entries.map(({ sequence }) => pieceOf(sequence))).toEqual([1, 1, 1]);
  expect([0, 1, 256, 257].map(piecesIn)).toEqual([0, 1, 1, 2]);
  const digest = pieceDigest(entries).toHex();
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, (bytes[at] ?? 0) ^ 1);
    let other: string | undefined;
    try {
      other = pieceDigest(readPiece(changed, 1)).toHex();
    } catch (error) {
      expect(error).toMatchObject({ code: "advert/snapshot-piece" });
    }
    expect(other).not.toBe(digest);
  }
  expect(pieceDigest(entries.slice(1)).toHex()).not.toBe(digest);
  expect(pieceDigest([...entries.slice(0, 2), entry(400), ...entries.slice(2)]).toHex()).not.toBe(digest);
});

test("a piece out of order, cut short, or with an unknown mark is refused", () => {
  const [one, two] = [entry(0), entry(1)];
  const refused = expect.objectContaining({ code: "advert/snapshot-piece" }) as Error;
  expect(() => readPiece(encodePiece([two, one]), 0)).toThrow(refused);
  expect(() => readPiece(encodePiece([one, one]), 0)).toThrow(refused);
  expect(() => readPiece(encodePiece([one]).with(1, 3), 0)).toThrow(refused);
  expect(() => readPiece(encodePiece([one, two]).subarray(0, -1), 0)).toThrow(refused);
  expect(readPiece(new Uint8Array(), 0)).toEqual([]);
});
