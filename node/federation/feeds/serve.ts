/** Answers about snapshots: header, digests and pieces of the newest one of a feed, to whoever may read it. */
import { z } from "zod";
import { encodePiece, readSnapshot, type Snapshot } from "@wardline/protocol/adverts";
import { WardlineError, hex } from "@wardline/protocol/encoding";
import type { Reader } from "../../store/index.ts";
import { bytesSchema } from "../transport/messages.ts";
import { digestPage, newestSnapshot, pieceAt } from "./snapshots.ts";

const count = z.int().nonnegative();
/** Pieces of one request. */
export const MOST_ASKED = 64;
/** Bytes of pieces in one answer, beyond the first. */
const ANSWER_BYTES = 512 * 1024;

export const snapshotRequests = [
  z.object({ kind: z.literal("snapshot"), feed: bytesSchema(32) }),
  z.object({ kind: z.literal("digests"), feed: bytesSchema(32), height: count, page: count }),
  z.object({
    kind: z.literal("pieces"),
    feed: bytesSchema(32),
    height: count,
    pieces: z.array(count).min(1).max(MOST_ASKED),
  }),
] as const;

export type SnapshotRequest = z.infer<(typeof snapshotRequests)[number]>;

export const offeredSchema = z.object({ snapshot: bytesSchema().optional() });
export const digestsSchema = z.object({ digests: bytesSchema() });
export const piecesSchema = z.object({ pieces: z.array(bytesSchema()).min(1).max(MOST_ASKED) });

/** Throws `feed/no-such-snapshot` when another one has taken its place meanwhile: ask for that. */
export async function answerSnapshot(reader: Reader, request: SnapshotRequest): Promise<object> {
  const feed = hex(request.feed);
  const header = await newestSnapshot(reader, feed);
  if (request.kind === "snapshot") return header ? { snapshot: header } : {};
  const snapshot = header && readSnapshot(header);
  if (snapshot?.height !== request.height) throw noSuchSnapshot();
  if (request.kind === "digests") return { digests: await digestsOf(reader, snapshot, request.page) };
  return { pieces: await piecesOf(reader, snapshot, request.pieces) };
}

const digestsOf = (reader: Reader, { feed }: Snapshot, page: number) => digestPage(reader, feed, page);

async function piecesOf(
  reader: Reader,
  snapshot: Snapshot,
  wanted: readonly number[],
): Promise<Uint8Array[]> {
  const given: Uint8Array[] = [];
  let bytes = 0;
  for (const number of wanted) {
    const piece = encodePiece(await pieceAt(reader, snapshot, number));
    if (given.length > 0 && bytes + piece.length > ANSWER_BYTES) break;
    given.push(piece);
    bytes += piece.length;
  }
  return given;
}

const noSuchSnapshot = () =>
  new WardlineError(
    "feed/no-such-snapshot",
    "No such snapshot is kept; a newer one may have taken its place.",
    {
      advice: "Ask which one there is.",
    },
  );
