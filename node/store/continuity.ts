/**
 * What tells a whole store from an emptied, shortened, foreign or older one.
 *
 * In the database, under the system prefix:
 *   `m`      marker: format and id of this store, sealed, so that only its own key opens it
 *   `j` n    journal: one entry for each of the last batches, written in that batch. A gap is a batch that was lost.
 * Beside the database, rewritten in place after each batch (head.ts):
 *   `head`   the number of the last batch. The database must not be behind it; it is ahead when the node fell in between.
 *
 * An older copy of both together is found by the ledger's checkpoint, and by witnesses.
 */
import { ByteReader, ByteWriter, WardlineError, concat, equalBytes } from "@wardline/protocol/encoding";
import { SYSTEM_PREFIX } from "./naming.ts";
import type { OrderedStore, RawOperation } from "./ordered.ts";
import { damagedRecord } from "./record.ts";
import type { Sealer } from "./sealing.ts";
import { behind } from "./tuple.ts";

const MARKER_KEY = concat(SYSTEM_PREFIX, Uint8Array.of(0x6d));
const JOURNAL_PREFIX = concat(SYSTEM_PREFIX, Uint8Array.of(0x6a));
const FORMAT = 1;
export const STORE_ID_BYTES = 16;

/** More batches than fit into two full write buffers, which is what a damaged log can lose unnoticed by LevelDB. */
const JOURNAL_LENGTH = 65_536;

/** The operations that make an empty database this store: batch 1. */
export function founding(sealer: Sealer, storeId: Uint8Array): RawOperation[] {
  const marker = concat(Uint8Array.of(FORMAT), MARKER_KEY, storeId);
  return [{ type: "put", key: MARKER_KEY, value: sealer.seal(marker) }, ...journalEntry(sealer, 1)];
}

/** The operations that number a batch. */
export function journalEntry(sealer: Sealer, batch: number): RawOperation[] {
  const key = journalKey(batch);
  const put: RawOperation = { type: "put", key, value: sealer.seal(key) };
  return batch <= JOURNAL_LENGTH ? [put] : [put, { type: "del", key: journalKey(batch - JOURNAL_LENGTH) }];
}

/** The id of the store. @throws `store/emptied`, `store/foreign`, `store/newer-format` */
export async function readMarker(raw: OrderedStore, sealer: Sealer): Promise<Uint8Array> {
  const sealed = await raw.get(MARKER_KEY);
  if (sealed === undefined) {
    throw new WardlineError("store/emptied", "The store's database is there, but what was in it is gone.", {
      advice: "Files of it were lost or emptied. Copy the data folder, then restore the store from a backup.",
    });
  }
  const marker = new ByteReader(openMarker(sealer, sealed));
  const format = marker.u8();
  if (!equalBytes(marker.bytes(MARKER_KEY.length), MARKER_KEY)) throw damagedRecord();
  if (format === FORMAT) return marker.bytes(STORE_ID_BYTES);
  throw new WardlineError("store/newer-format", "A later version of Wardline wrote this store.", {
    advice: "Start it with that version or a later one.",
  });
}

function openMarker(sealer: Sealer, sealed: Uint8Array): Uint8Array {
  try {
    return sealer.open(sealed);
  } catch (cause) {
    throw new WardlineError(
      "store/foreign",
      "This store belongs to another node, or its marker is damaged.",
      {
        advice:
          "Check that the data folder and the key belong together; else restore the store from a backup.",
        cause,
      },
    );
  }
}

/** The number of the last batch. @throws `store/incomplete` when one of the last batches is missing */
export async function readJournal(raw: OrderedStore, sealer: Sealer): Promise<number> {
  const all = { gte: JOURNAL_PREFIX, lt: behind(JOURNAL_PREFIX) };
  let last = 0;
  for await (const [key, sealed] of raw.range({ ...all, reverse: true, limit: 1 })) {
    if (Buffer.compare(sealer.open(sealed), key) === 0) last = journalNumber(key);
  }
  let expected = Math.max(1, last - JOURNAL_LENGTH + 1);
  const lately = { ...all, gte: journalKey(expected) };
  for await (const key of raw.keys(lately)) if (journalNumber(key) !== expected++) throw incomplete();
  if (last === 0 || expected !== last + 1) throw incomplete();
  return last;
}

function incomplete(): WardlineError {
  return new WardlineError(
    "store/incomplete",
    "Changes that were written to the store are missing from it.",
    {
      advice: "Its files are damaged. Copy the data folder, then restore the store from a backup.",
    },
  );
}

function journalKey(batch: number): Uint8Array {
  return new ByteWriter().bytes(JOURNAL_PREFIX).u64(batch).finish();
}

function journalNumber(key: Uint8Array): number {
  return new ByteReader(key.subarray(JOURNAL_PREFIX.length)).u64();
}
