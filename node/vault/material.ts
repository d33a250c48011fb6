/** One blob: writing an encrypted stream to a file, and reading any part of it back. */
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { WardlineError, isWardlineError, utf8, pae } from "@wardline/protocol/encoding";
import { encryptStream, randomOpener, sealedSize, type RandomOpener } from "@wardline/protocol/material";
import { openIfExists } from "./files.ts";
import type { ItemEntry } from "./itemkeys.ts";

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
  for await (const sealed of encryptStream(measured(source, measure, options.limit), options)) {
    await writeFully(file, sealed);
  }
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
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0) throw damaged("A blob in the vault is shorter than it was.");
    at += bytesRead;
  }
  return bytes;
}

/** Runs `work` with an item's blob open for reading, and closes it. @throws `vault/missing`, `vault/damaged` */
export async function* withBlob<T>(
  id: string,
  entry: ItemEntry,
  path: string,
  work: (blob: RandomOpener) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const file = await openIfExists(path, "r");
  if (file === undefined) {
    throw new WardlineError("vault/missing", "The item's blob is missing.", {
      advice: "Restore the file from a backup of the vault.",
      details: { item: id, blob: entry.blob },
    });
  }
  try {
    const { size } = await file.stat();
    if (size !== sealedSize(entry.size)) throw damaged("A blob in the vault does not have its length.");
    const read = (offset: number, length: number) => readFully(file, offset, length);
    yield* work(await randomOpener({ key: entry.key, context: blobContext(id), sealedSize: size, read }));
  } catch (error) {
    if (isWardlineError(error, "material/damaged") || isWardlineError(error, "material/wrong-key")) {
      throw damaged("A blob in the vault is not what was written.", error);
    }
    throw error;
  } finally {
    await file.close();
  }
}

function damaged(message: string, cause?: unknown): WardlineError {
  return new WardlineError("vault/damaged", message, {
    advice: "Check the disk, and restore the blob from a backup of the vault.",
    cause,
  });
}
