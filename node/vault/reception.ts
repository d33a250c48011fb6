/** How far a reception is, and finding that out again after a restart. */
import { createHash, type Hash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { type Random } from "@wardline/protocol/encoding";
import {
  CHUNK_BYTES,
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
  readonly digest: Hash;
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

/** The length of the next piece of either form: the header, a full chunk, or the last one. */
export function nextPiece(progress: Progress, grant: Grant): number {
  if (progress.verified < HEADER_BYTES) return HEADER_BYTES;
  const last = progress.chunks === Math.floor(grant.bytes / CHUNK_BYTES);
  return last ? grant.sealedBytes - progress.verified : SEALED_CHUNK_BYTES;
}

/** Takes note of a chunk that is verified and written. */
export function advance(progress: Progress, plaintext: Uint8Array, sealedLength: number): void {
  progress.digest.update(plaintext);
  progress.chunks++;
  progress.verified += sealedLength;
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
  while (progress.verified < grant.sealedBytes) {
    const length = nextPiece(progress, grant);
    if (progress.verified + length > size) return;
    try {
      const sealed = await readFully(file, progress.verified, length);
      advance(progress, progress.ours.decrypt(progress.chunks, sealed), length);
    } catch {
      return;
    }
  }
}

/** The cipher that the file was begun with, or undefined when its header is missing or torn. */
async function ownCipher(file: FileHandle, id: string, entry: ItemEntry): Promise<ChunkCipher | undefined> {
  try {
    return cipherForHeader(entry.key, await readFully(file, 0, HEADER_BYTES), blobContext(id));
  } catch {
    return undefined;
  }
}
