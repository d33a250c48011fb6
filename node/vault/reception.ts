/** How far a reception is, and finding that out again after a restart. */
import { createHash, type Hash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { type Random } from "@wardline/protocol/encoding";
import {
  HEADER_BYTES,
  SALT_BYTES,
  SEALED_CHUNK_BYTES,
  chunkCipher,
  cipherForHeader,
  grantContext,
  type ChunkCipher,
} from "@wardline/protocol/material";
import type { Blobs } from "./blobs.ts";
import { createFile, moveIntoPlace, openIfExists } from "./files.ts";
import type { ItemEntry } from "./itemkeys.ts";
import { blobContext, readFully, writeFully } from "./material.ts";

/** What a `material.grant` says. */
export interface Grant {
  /** Its id, as the granting member chose it. */
  readonly id: string;
  /** Key of the grant's encrypted form, 32 bytes. */
  readonly key: Uint8Array;
  /** Of the plaintext, lower-case hexadecimal. */
  readonly sha256: string;
  /** Plaintext bytes. */
  readonly bytes: number;
  /** Bytes of the encrypted form. */
  readonly sealedBytes: number;
}

/** Read together when what lies there is verified: half a mebibyte, a few milliseconds of other work held up. */
const CHECKED_AT_ONCE = 32 * SEALED_CHUNK_BYTES;

/** How far a reception is. */
export interface Progress {
  /** The cipher of the grant's form; known once its header has come. */
  theirs: ChunkCipher | undefined;
  /** The cipher of our own form. */
  readonly ours: ChunkCipher;
  /** Chunks that are verified and written. */
  chunks: number;
  /** Bytes of either form up to there. */
  verified: number;
  /** Over the plaintext up to there. */
  digest: Hash;
}

/** Verifies what an earlier process left of a reception, and cuts the file where that ends. */
export async function resume(
  id: string,
  entry: ItemEntry,
  grant: Grant,
  blobs: Blobs,
  random: Random,
): Promise<Progress> {
  const header = entry.incoming?.header;
  const theirs = header && cipherForHeader(grant.key, header, grantContext(grant.id));
  const path = blobs.incomingPath(entry.blob);
  const file = (await openIfExists(path, "r+")) ?? (await createFile(path));
  try {
    const { size } = await file.stat();
    const begun = theirs ? await ownCipher(file, id, entry) : undefined;
    const ours = begun ?? chunkCipher(entry.key, random(SALT_BYTES), blobContext(id));
    const verified = theirs ? HEADER_BYTES : 0;
    const progress: Progress = { theirs, ours, chunks: 0, verified, digest: createHash("sha256") };
    if (begun) await verifyWritten(file, size, grant, progress);
    else await writeFully(file, ours.header, 0);
    await file.truncate(Math.max(progress.verified, HEADER_BYTES));
    return progress;
  } finally {
    await file.close();
  }
}

/** How many of the next `length` bytes are whole chunks: full ones, and the last one if it ends there. */
export function wholeChunks(progress: Progress, grant: Grant, length: number): number {
  const isAll = progress.verified + length === grant.sealedBytes;
  return isAll ? length : Math.floor(length / SEALED_CHUNK_BYTES) * SEALED_CHUNK_BYTES;
}

/** Takes note of chunks that are verified and written: their length in either form, and the digest up to there. */
export function advance(progress: Progress, sealedLength: number, digest: Hash): void {
  progress.chunks += Math.ceil(sealedLength / SEALED_CHUNK_BYTES);
  progress.verified += sealedLength;
  progress.digest = digest;
}

/** A reception's file, which must be there. */
export async function openIncoming(blob: string, blobs: Blobs): Promise<FileHandle> {
  return open(blobs.incomingPath(blob), "r+");
}

/** Stopped between placing the blob and saying so in the entry: the blob goes back and is verified like any other. */
export async function bringBack(blob: string, blobs: Blobs): Promise<void> {
  const placed = await openIfExists(blobs.path(blob), "r");
  if (placed === undefined) return;
  await placed.close();
  await moveIntoPlace(blobs.path(blob), blobs.incomingPath(blob));
}

/** Stops at the first chunk that is missing or torn by a power cut; it will be asked for again. */
async function verifyWritten(
  file: FileHandle,
  size: number,
  grant: Grant,
  progress: Progress,
): Promise<void> {
  const there = Math.min(size, grant.sealedBytes) - progress.verified;
  for (let left = wholeChunks(progress, grant, there); left > 0;) {
    const sealed = await readFully(file, progress.verified, Math.min(left, CHECKED_AT_ONCE));
    const digest = progress.digest.copy();
    const good = verifiedBytes(progress, sealed, digest);
    advance(progress, good, digest);
    if (good < sealed.length) return;
    left -= good;
  }
}

/** Bytes up to the first chunk that does not verify; the plaintext of those before it goes into the digest. */
function verifiedBytes({ ours, chunks }: Progress, sealed: Uint8Array, digest: Hash): number {
  for (let at = 0, index = chunks; at < sealed.length; index++) {
    const chunk = sealed.subarray(at, at + SEALED_CHUNK_BYTES);
    try {
      digest.update(ours.decrypt(index, chunk));
    } catch {
      return at;
    }
    at += chunk.length;
  }
  return sealed.length;
}

/** The cipher that the file was begun with, or undefined when its header is missing or torn. */
async function ownCipher(file: FileHandle, id: string, entry: ItemEntry): Promise<ChunkCipher | undefined> {
  try {
    return cipherForHeader(entry.key, await readFully(file, 0, HEADER_BYTES), blobContext(id));
  } catch {
    return undefined;
  }
}
