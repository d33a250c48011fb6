/**
 * Taking in an item that another member granted, in ranges, over interruptions of any kind.
 *
 * What arrives is encrypted for the grant. Each chunk is verified, and encrypted again at once under a key of our own into
 * `incoming/<random>`; the layout of both forms is the same, so a place in one is a place in the other. After a restart
 * the file is verified as far as it goes and cut there. The item is named after the grant by a keyed hash: no file names it.
 *
 *   first range:  key file gets the entry, marked incoming → header of the grant's form into the entry
 *   chunks:       verify → hash → encrypt under our key → write (not synced: what is lost is asked for again)
 *   finish:       SHA-256 must be the grant's → fsync → blobs/xx/ → entry no longer incoming
 */
import { createHmac } from "node:crypto";
import {
  WardlineError,
  concat,
  encodeCbor,
  equalBytes,
  hex,
  release,
  unhex,
  type Random,
} from "@wardline/protocol/encoding";
import {
  HEADER_BYTES,
  cipherForHeader,
  grantContext,
  recodeChunks,
  sealedSize,
  type ChunkCipher,
} from "@wardline/protocol/material";
import type { Blobs } from "./blobs.ts";
import type { ItemEntry, ItemKeys } from "./itemkeys.ts";
import { tooLarge, writeFully } from "./material.ts";
import { createQueue } from "./queue.ts";
import { advance, bringBack, openIncoming, resume, wholeChunks, type Grant } from "./reception.ts";
import { asNoRoom, type Room } from "./room.ts";

/** An item on its way in. The object holds no file open between calls: it may be dropped, and `receive` called again. */
export interface Receiving {
  /** The id that the item has in the vault once it is finished. */
  readonly id: string;
  /** Bytes of the encrypted form that are here: where the next range begins. All of them: ready to finish. */
  readonly received: number;
  /**
   * Takes the next bytes, of any length.
   * @throws `vault/bad-material` when a chunk does not verify, `vault/no-room` when the disk has no room for the rest;
   * `received` has then gone back to the last chunk that is here.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Stores the item; durable when it resolves. @throws `vault/incomplete`; `vault/hash-mismatch`, after which nothing remains. */
  finish(): Promise<{ id: string }>;
  /** Forgets what has come. */
  abort(): Promise<void>;
}

interface Surroundings {
  readonly keys: ItemKeys;
  readonly blobs: Blobs;
  readonly settings: { readonly itemLimit: number };
  readonly room: Room;
  readonly random: Random;
  readonly now: () => number;
  /** Names receptions. */
  readonly key: Uint8Array;
}

/** One object per reception of this process, however often it is asked for. */
export function createReceptions(around: Surroundings): { receive(grant: Grant): Promise<Receiving> } {
  const open = new Map<string, Promise<Receiving>>();
  const leaving = new Map<string, Promise<void>>();

  /** Until what was there is removed, nobody begins anew. */
  function ended(id: string, removal: Promise<void>): void {
    open.delete(id);
    const gone = removal.catch(() => undefined).then(() => void leaving.delete(id));
    leaving.set(id, gone);
  }

  return {
    async receive(grant) {
      refuseBad(grant, around.settings.itemLimit);
      const id = itemIdOf(grant, around.key);
      await leaving.get(id);
      const running = open.get(id) ?? startReceiving(id, grant, around, (removal) => ended(id, removal));
      open.set(id, running);
      running.catch(() => open.delete(id));
      return running;
    },
  };
}

async function startReceiving(
  id: string,
  grant: Grant,
  around: Surroundings,
  ended: (removal: Promise<void>) => void,
): Promise<Receiving> {
  const { keys, blobs } = around;
  const begun = await keys.get(id);
  if (begun && !begun.incoming) return finished(id, grant, ended);
  let entry = begun ?? newEntry(grant, around);
  if (!begun) await keys.put(id, entry).catch(throwNoRoom);
  await bringBack(entry.blob, blobs);

  const progress = await resume(id, entry, grant, blobs, around.random).catch(throwNoRoom);
  const inTurn = createQueue();
  let pending: Uint8Array = new Uint8Array();
  let over = false;

  async function takeHeader(header: Uint8Array): Promise<void> {
    progress.theirs = cipherForHeader(grant.key, header, grantContext(grant.id));
    entry = { ...entry, incoming: { since: around.now(), header } };
    await keys.put(id, entry);
    progress.verified = header.length;
  }

  /** Writes the chunks that verify in one piece; what comes before one that does not is kept. */
  async function takeChunks(theirs: ChunkCipher, sealed: Uint8Array): Promise<void> {
    const ours = Buffer.allocUnsafeSlow(sealed.length);
    const digest = progress.digest.copy();
    const see = (plaintext: Uint8Array) => void digest.update(plaintext);
    const { done, failure } = recodeChunks([theirs, progress.ours], progress.chunks, sealed, ours, see);
    const file = await openIncoming(entry.blob, blobs);
    await writeFully(file, ours.subarray(0, done), progress.verified).finally(() => file.close());
    release(ours);
    advance(progress, done, digest);
    if (done < sealed.length) throw failure;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (over || progress.verified + pending.length + bytes.length > grant.sealedBytes) throw tooMuch();
    let rest = pending.length > 0 ? concat(pending, bytes) : bytes;
    pending = new Uint8Array();
    try {
      await around.room.require(grant.sealedBytes - progress.verified);
      if (!progress.theirs && rest.length >= HEADER_BYTES) {
        await takeHeader(rest.subarray(0, HEADER_BYTES));
        rest = rest.subarray(HEADER_BYTES);
      }
      const whole = progress.theirs ? wholeChunks(progress, grant, rest.length) : 0;
      if (progress.theirs && whole > 0) await takeChunks(progress.theirs, rest.subarray(0, whole));
      pending = Uint8Array.from(rest.subarray(whole));
    } catch (error) {
      throw badMaterial(asNoRoom(error));
    }
  }

  async function finish(): Promise<{ id: string }> {
    if (over || progress.verified < grant.sealedBytes) throw incomplete();
    const sha256 = Uint8Array.from(progress.digest.copy().digest());
    if (!equalBytes(sha256, entry.sha256)) {
      await abort();
      throw hashMismatch();
    }
    await bringBack(entry.blob, blobs); // for a second try after one that failed half-way
    const file = await openIncoming(entry.blob, blobs);
    await file.sync().finally(() => file.close());
    await blobs.place(entry.blob);
    const { key, blob, size } = entry;
    await keys.put(id, { key, blob, size, sha256 });
    end(Promise.resolve());
    return { id };
  }

  async function abort(): Promise<void> {
    if (over) return;
    const removal = keys.remove([id]).then(() => blobs.remove(entry.blob));
    end(removal);
    await removal;
  }

  function end(removal: Promise<void>): void {
    over = true;
    ended(removal);
  }

  return {
    id,
    get received() {
      return progress.verified + pending.length;
    },
    write: (bytes) => inTurn(() => write(bytes)),
    finish: () => inTurn(finish).catch(throwNoRoom),
    abort: () => inTurn(abort),
  };
}

function newEntry(grant: Grant, { blobs, random, now }: Surroundings): ItemEntry {
  const sha256 = unhex(grant.sha256);
  return { key: random(32), blob: blobs.newName(), size: grant.bytes, sha256, incoming: { since: now() } };
}

/** A reception that was finished before, by this process or an earlier one. */
function finished(id: string, grant: Grant, ended: (removal: Promise<void>) => void): Receiving {
  ended(Promise.resolve());
  return {
    id,
    received: grant.sealedBytes,
    write: () => Promise.reject(tooMuch()),
    finish: () => Promise.resolve({ id }),
    abort: () => Promise.resolve(),
  };
}

/** Two grants that differ in anything are two items. */
function itemIdOf({ id, key, sha256, bytes }: Grant, naming: Uint8Array): string {
  const tag = createHmac("sha256", naming)
    .update(encodeCbor([id, key, sha256, bytes]))
    .digest();
  return hex(tag.subarray(0, 16));
}

function refuseBad(grant: Grant, limit: number): void {
  if (grant.bytes > limit) throw tooLarge(limit);
  const wellFormed = /^[0-9a-f]{64}$/.test(grant.sha256) && grant.key.length === 32;
  if (wellFormed && grant.sealedBytes === sealedSize(grant.bytes)) return;
  throw new WardlineError("vault/bad-grant", "The grant's key, hash or lengths do not fit together.", {
    advice: "Ask the granting member to grant the item again.",
  });
}

function throwNoRoom(error: unknown): never {
  throw asNoRoom(error);
}

function badMaterial(cause: unknown): unknown {
  if (!(cause instanceof WardlineError) || !cause.code.startsWith("material/")) return cause;
  return new WardlineError("vault/bad-material", "What arrived is not the granted item.", {
    advice:
      "Ask for it again from where it was still right; if this repeats, ask the granting member to check the item.",
    cause,
  });
}

function hashMismatch(): WardlineError {
  return new WardlineError("vault/hash-mismatch", "The item that arrived does not have the granted hash.", {
    advice: "Nothing was kept. Ask the granting member to check the item and to grant it again.",
  });
}

function incomplete(): WardlineError {
  return new WardlineError("vault/incomplete", "The item has not arrived in full.");
}

function tooMuch(): WardlineError {
  return new WardlineError("vault/too-much", "More arrived than the granted item has.");
}
