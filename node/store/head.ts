/**
 * The head: one small file beside the database with the number of the last batch, and a keyed hash of it.
 *
 *     batch u64 · HMAC-SHA-256(key, store id · batch), cut to 24 bytes
 *
 * It is rewritten in place after each batch, before anybody is told, without a sync of its own: it outlives the process,
 * and after a power failure it may only be behind, which is normal. 32 bytes lie within one sector of any disk.
 */
import { createHmac } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { ByteReader, ByteWriter, WardlineError, concat, equalBytes } from "@wardline/protocol/encoding";

const TAG_BYTES = 24;
const HEAD_BYTES = 8 + TAG_BYTES;
const OWNER_ONLY = 0o600;

export interface Head {
  read(): number;
  write(batch: number): void;
  close(): void;
}

/** Makes the file, durably. `key`: 32 bytes, for this purpose alone. */
export function createHead(path: string, key: Uint8Array, storeId: Uint8Array, batch: number): void {
  const file = openSync(path, "wx", OWNER_ONLY);
  writeSync(file, encode(key, storeId, batch), 0, HEAD_BYTES, 0);
  fsyncSync(file);
  closeSync(file);
}

/** Opens the file. `read` throws `store/head-damaged`. @throws `store/head-damaged` when it is missing */
export function openHead(path: string, key: Uint8Array, storeId: Uint8Array): Head {
  const file = open(path);
  return {
    read() {
      const bytes = new Uint8Array(HEAD_BYTES + 1);
      const length = readSync(file, bytes, 0, bytes.length, 0);
      const read = bytes.subarray(0, length);
      const batch = length === HEAD_BYTES ? new ByteReader(read.subarray(0, 8)) : undefined;
      const number = batch && read[0] === 0 ? batch.u64() : 0;
      if (number > 0 && equalBytes(read, encode(key, storeId, number))) return number;
      throw damaged();
    },
    write: (batch) => void writeSync(file, encode(key, storeId, batch), 0, HEAD_BYTES, 0),
    close: () => closeSync(file),
  };
}

function open(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (cause) {
    throw damaged(cause);
  }
}

function encode(key: Uint8Array, storeId: Uint8Array, batch: number): Uint8Array {
  const number = new ByteWriter().u64(batch).finish();
  const tag = createHmac("sha256", key).update(storeId).update(number).digest();
  return concat(number, tag.subarray(0, TAG_BYTES));
}

function damaged(cause?: unknown): WardlineError {
  return new WardlineError(
    "store/head-damaged",
    "The file `head` beside the database is missing or damaged.",
    {
      advice:
        "It guards against lost changes. Copy the data folder, then restore the whole store from a backup.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
