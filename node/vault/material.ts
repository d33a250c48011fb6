/** One blob: writing an encrypted stream to a file, and reading any part of it back. */
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { WardlineError, concat, isWardlineError, pae, utf8 } from "@wardline/protocol/encoding";
import {
  HEADER_BYTES,
  cipherForHeader,
  encryptStream,
  randomOpener,
  recodeRange,
  sealedSize,
  type ChunkCipher,
  type RandomOpener,
  type ReadRange,
} from "@wardline/protocol/material";
import { openIfExists } from "./files.ts";
import type { ItemEntry } from "./itemkeys.ts";

/** Chunks written together, and bytes read together: fewer calls of the system; more saves nothing measurable. */
const CHUNKS_AT_ONCE = 16;
const READ_AHEAD_BYTES = 256 * 1024;

/** What a blob at rest is bound to: this item and nothing else. */
export function blobContext(id: string): Uint8Array {
  return pae("wardline/vault/blob/1", utf8(id));
}

/**
 * Encrypts a stream into a file that is open and empty, and syncs it. Memory: a few chunks.
 * @throws `vault/too-large` as soon as more than `limit` bytes came.
 */
export async function writeBlob(
  file: FileHandle,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { key: Uint8Array; salt: Uint8Array; context: Uint8Array; limit: number },
): Promise<{ size: number; sha256: Uint8Array }> {
  const measure = { size: 0, digest: createHash("sha256") };
  let waiting: Uint8Array[] = [];
  for await (const sealed of encryptStream(measured(source, measure, options.limit), options)) {
    if (waiting.push(sealed) < CHUNKS_AT_ONCE) continue;
    await writeFully(file, concat(...waiting));
    waiting = [];
  }
  await writeFully(file, concat(...waiting));
  await file.sync();
  return { size: measure.size, sha256: Uint8Array.from(measure.digest.digest()) };
}

/** Counts and hashes what passes. */
async function* measured(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  measure: { size: number; digest: Hash },
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of source) {
    measure.size += bytes.length;
    if (measure.size > limit) throw tooLarge(limit);
    measure.digest.update(bytes);
    yield bytes;
  }
}

export function tooLarge(limit: number): WardlineError {
  return new WardlineError("vault/too-large", `The item is larger than ${limit} bytes.`, {
    advice: "Raise the limit in the configuration if such items are expected.",
    details: { limit },
  });
}

/** Writes all bytes at the file's position, or at `position`. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const place = position === undefined ? null : position + at;
    at += (await file.write(bytes, at, bytes.length - at, place)).bytesWritten;
  }
}

/** Reads exactly `length` bytes at `offset`. @throws `vault/damaged` when the file is shorter. */
export async function readFully(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length); // all of it is read into, or nothing is given
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0) throw damaged("A blob in the vault is shorter than it was.");
    at += bytesRead;
  }
  return bytes;
}

/** Reads from a block that is read at once, since most reading goes on where the last ended. What it gives is shared. */
function readAhead(file: FileHandle, size: number): ReadRange {
  let block: Uint8Array = new Uint8Array();
  let start = 0;
  return async (offset, length) => {
    if (offset < start || offset + length > start + block.length) {
      block = await readFully(file, offset, Math.max(length, Math.min(READ_AHEAD_BYTES, size - offset)));
      start = offset;
    }
    return block.subarray(offset - start, offset - start + length);
  };
}

/** Runs `work` with an item's blob open for reading, and closes it. @throws `vault/missing`, `vault/damaged` */
export async function* withBlob<T>(
  id: string,
  entry: ItemEntry,
  path: string,
  work: (blob: RandomOpener) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const file = await openBlob(id, entry, path);
  try {
    const message = { key: entry.key, context: blobContext(id), sealedSize: sealedSize(entry.size) };
    yield* work(await randomOpener({ ...message, read: readAhead(file, message.sealedSize) }));
  } catch (error) {
    throw asDamage(error);
  } finally {
    await file.close();
  }
}

/** Part of an item's blob as `to` encrypts it. @throws `material/range`, `vault/missing`, `vault/damaged` */
export async function recodedRange(
  id: string,
  entry: ItemEntry,
  path: string,
  to: ChunkCipher,
  [offset, length]: readonly [number, number],
): Promise<Uint8Array> {
  const file = await openBlob(id, entry, path);
  try {
    const read: ReadRange = (from, count) => readFully(file, from, count);
    const from = cipherForHeader(entry.key, await read(0, HEADER_BYTES), blobContext(id));
    return await recodeRange([from, to], { size: entry.size, read }, offset, length);
  } catch (error) {
    throw asDamage(error);
  } finally {
    await file.close();
  }
}

async function openBlob(id: string, entry: ItemEntry, path: string): Promise<FileHandle> {
  const file = await openIfExists(path, "r");
  if (file === undefined) {
    throw new WardlineError("vault/missing", "The item's blob is missing.", {
      advice: "Restore the file from a backup of the vault.",
      details: { item: id, blob: entry.blob },
    });
  }
  const { size } = await file.stat();
  if (size === sealedSize(entry.size)) return file;
  await file.close();
  throw damaged("A blob in the vault does not have its length.");
}

function asDamage(error: unknown): unknown {
  const isDamage = isWardlineError(error, "material/damaged") || isWardlineError(error, "material/wrong-key");
  return isDamage ? damaged("A blob in the vault is not what was written.", error) : error;
}

function damaged(message: string, cause?: unknown): WardlineError {
  return new WardlineError("vault/damaged", message, {
    advice: "Check the disk, and restore the blob from a backup of the vault.",
    cause,
  });
}
