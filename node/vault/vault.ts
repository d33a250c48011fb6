/**
 * The vault: material at rest. Each item has a key of its own (itemkeys.ts) and one blob (blobs.ts), encrypted in chunks.
 *
 *   put:     source → encrypt → incoming/<random> → fsync → blobs/xx/<random> → key file rewritten → id
 *   read:    key file → blob → verify chunk by chunk → plaintext
 *   grant:   the same, then encrypted again under a key derived for that grant, for the range asked only
 *   receive: see receive.ts
 *   shred:   key file rewritten without the key, then the blob removed
 *
 * The key comes last when storing and goes first when shredding: a blob without a key is an orphan that is swept, never a
 * half-stored item.
 */
import { WardlineError, concat, hex, isWardlineError, type Random } from "@wardline/protocol/encoding";
import { SALT_BYTES, chunkCipher, grantContext, grantSecrets, sealedSize } from "@wardline/protocol/material";
import { join } from "node:path";
import type { VaultSettings } from "../configuration/index.ts";
import type { MasterKey } from "../store/index.ts";
import { openBlobs, type Blobs } from "./blobs.ts";
import { createFile, makeFolder } from "./files.ts";
import { openItemKeys, type ItemEntry, type ItemKeys } from "./itemkeys.ts";
import { blobContext, recodedRange, tooLarge, withBlob, writeBlob } from "./material.ts";
import { createReceptions, type Receiving } from "./receive.ts";
import type { Grant } from "./reception.ts";
import { roomIn } from "./room.ts";
import { sweep, type Swept } from "./sweep.ts";

/** An item that was stored. */
export interface StoredItem {
  /** 16 bytes, lower-case hexadecimal, random. */
  readonly id: string;
  /** Plaintext bytes. */
  readonly size: number;
  /** Of the plaintext, lower-case hexadecimal. */
  readonly sha256: string;
}

export interface Vault {
  /**
   * Stores bytes or a stream; durable when it resolves. Memory: a few chunks.
   * @throws `vault/too-large` beyond `limit` (or the vault's own); then, and when the source fails, nothing remains.
   */
  put(source: Uint8Array | AsyncIterable<Uint8Array>, options?: { limit?: number }): Promise<StoredItem>;
  /** An item's plaintext, verified chunk by chunk; or a part of it. @throws `vault/not-found`, `vault/missing`, `vault/damaged` */
  read(id: string, part?: { offset: number; length: number }): AsyncGenerator<Uint8Array, void, undefined>;
  /** A whole item in memory. @throws as `read`, and `vault/too-large` when it has more than `limit` bytes. */
  readAll(id: string, limit: number): Promise<Uint8Array>;
  /** Plaintext bytes. @throws `vault/not-found` */
  size(id: string): Promise<number>;
  has(id: string): Promise<boolean>;
  /** Forgets the item's key, then removes its blob. Does nothing for an item that is not there. */
  shred(id: string): Promise<void>;
  /** The key to send with a grant: 32 bytes that open this item under this grant only. */
  grantKey(id: string, grantId: string): Promise<Uint8Array>;
  /** Length of the encrypted form that `grantRange` gives parts of. */
  grantSize(id: string): Promise<number>;
  /** Part of the item as encrypted for this grant; the same bytes each time. @throws `vault/range-too-long`, `material/range`, as `read` */
  grantRange(id: string, grantId: string, offset: number, length: number): Promise<Uint8Array>;
  /** Starts, or goes on with, taking in an item that another member granted. @throws `vault/bad-grant`, `vault/too-large` */
  receive(grant: Grant): Promise<Receiving>;
  /**
   * Removes whatever no one knows: items not among `known`, blobs without a key, unfinished writing, receptions that were
   * given up. Spares what this process has stored, which its caller may not have committed yet.
   */
  sweep(known: ReadonlySet<string>): Promise<Swept>;
}

const ID_BYTES = 16;
const KEY_BYTES = 32;

/** Opens the vault in `dataFolder`, making its folders if need be. One process at a time: the store's lock sees to it. */
export async function openVault(options: {
  dataFolder: string;
  master: MasterKey;
  settings: VaultSettings;
  random: Random;
  now: () => number;
}): Promise<Vault> {
  const { master, settings, random } = options;
  const folder = join(options.dataFolder, "vault");
  await makeFolder(folder);
  const keys = await openItemKeys(join(folder, "keys"), master.derive("vault/item-keys"), random);
  const blobs = await openBlobs(folder, random);
  const fresh = new Set<string>();
  const receptions = createReceptions({
    keys,
    blobs,
    settings,
    room: roomIn(folder, settings.reserve),
    random,
    now: options.now,
    key: master.derive("vault/receptions"),
  });

  async function entryOf(id: string): Promise<ItemEntry> {
    const entry = await keys.get(checkedId(id));
    if (entry && !entry.incoming) return entry;
    throw new WardlineError("vault/not-found", "The vault has no such item, or it was shredded.", {
      details: { item: id },
    });
  }

  async function* read(
    id: string,
    part?: { offset: number; length: number },
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const entry = await entryOf(id);
    const { offset, length } = part ?? { offset: 0, length: entry.size };
    yield* withBlob(id, entry, blobs.path(entry.blob), (blob) => blob.range(offset, length));
  }

  return {
    put: (source, { limit = settings.itemLimit } = {}) =>
      put({ keys, blobs, random, fresh, source, limit: Math.min(limit, settings.itemLimit) }),
    read,
    async readAll(id, limit) {
      const { size } = await entryOf(id);
      if (size > limit) throw tooLarge(limit);
      return concat(...(await Array.fromAsync(read(id))));
    },
    size: async (id) => (await entryOf(id)).size,
    has: (id) => entryOf(id).then(() => true, falseIfNotFound),
    async shred(id) {
      const entry = await keys.get(checkedId(id));
      if (entry === undefined) return;
      await keys.remove([id]);
      await blobs.remove(entry.blob);
    },
    grantKey: async (id, grantId) => grantSecrets((await entryOf(id)).key, grantId).key,
    grantSize: async (id) => sealedSize((await entryOf(id)).size),
    async grantRange(id, grantId, offset, length) {
      if (length > settings.rangeLimit) throw rangeTooLong(settings.rangeLimit);
      const entry = await entryOf(id);
      const { key, salt } = grantSecrets(entry.key, grantId);
      const theirs = chunkCipher(key, salt, grantContext(grantId));
      return recodedRange(id, entry, blobs.path(entry.blob), theirs, [offset, length]);
    },
    async receive(grant) {
      const receiving = await receptions.receive(grant);
      fresh.add(receiving.id);
      return receiving;
    },
    sweep: (known) =>
      sweep({ keys, blobs, known, spared: fresh, incomingBefore: options.now() - settings.incomingLife }),
  };
}

async function put(options: {
  keys: ItemKeys;
  blobs: Blobs;
  random: Random;
  fresh: Set<string>;
  source: Uint8Array | AsyncIterable<Uint8Array>;
  limit: number;
}): Promise<StoredItem> {
  const { keys, blobs, random, fresh } = options;
  const [id, key, blob] = [hex(random(ID_BYTES)), random(KEY_BYTES), blobs.newName()];
  const source = options.source instanceof Uint8Array ? [options.source] : options.source;
  // Both names, so that a sweep that runs meanwhile spares the item as well as the blob that has no key yet.
  fresh.add(id).add(blob);
  const file = await createFile(blobs.incomingPath(blob));
  try {
    const sealing = { key, salt: random(SALT_BYTES), context: blobContext(id), limit: options.limit };
    const { size, sha256 } = await writeBlob(file, source, sealing).finally(() => file.close());
    await blobs.place(blob);
    await keys.put(id, { key, blob, size, sha256 });
    return { id, size, sha256: hex(sha256) };
  } catch (error) {
    await blobs.remove(blob);
    throw error;
  } finally {
    fresh.delete(blob);
  }
}

/** Ids come from elsewhere too; only our own form ever becomes part of a file's name. */
function checkedId(id: string): string {
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  throw new WardlineError("vault/invalid-id", "This is not the id of an item in the vault.");
}

function falseIfNotFound(error: unknown): false {
  if (isWardlineError(error, "vault/not-found")) return false;
  throw error;
}

function rangeTooLong(limit: number): WardlineError {
  return new WardlineError("vault/range-too-long", `At most ${limit} bytes are given at once.`, {
    advice: "Ask for shorter ranges.",
    details: { limit },
  });
}
