/**
 * Item keys: one per item, kept in 4,096 small files that are sealed under the master key and rewritten whole.
 *
 * They are not in the store, since there deleted values stay on disk until compaction. Shredding an item removes its key
 * from its file; what remains of the item is noise, in backups of the blobs too. With a million items a file has about
 * 250 keys, 30 KB.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { WardlineError, decodeCbor, encodeCbor, type Random } from "@wardline/protocol/encoding";
import { openBox, sealBox } from "./box.ts";
import { makeFolder, readIfExists, removeUnfinished, writeFileAtomically } from "./files.ts";
import { createQueue, type Queue } from "./queue.ts";

/** What the vault knows of one item. */
export interface ItemEntry {
  /** The key that its blob is encrypted with, 32 bytes. */
  readonly key: Uint8Array;
  /** Name of its blob: random, so that it tells nothing of the item. */
  readonly blob: string;
  /** Plaintext bytes. */
  readonly size: number;
  /** Of the plaintext, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Set while it is being received; the item cannot be read yet. */
  readonly incoming?: {
    /** When the reception began, milliseconds. */
    readonly since: number;
    /** Header of the grant's encrypted form, once it has come. */
    readonly header?: Uint8Array;
  };
}

/** Keys by item id. Ids are checked by the vault before they come here. */
export interface ItemKeys {
  get(id: string): Promise<ItemEntry | undefined>;
  /** Durable when it resolves. */
  put(id: string, entry: ItemEntry): Promise<void>;
  /** Forgets the keys; durable when it resolves. */
  remove(ids: readonly string[]): Promise<void>;
  /** Every item, in no order; reads one file at a time. */
  all(): AsyncGenerator<[id: string, entry: ItemEntry], void, undefined>;
}

type Shard = Record<string, ItemEntry>;

const SHARD_DIGITS = 3;

/** Opens the item keys in `folder`, which is made if need be. `key` has 32 bytes. */
export async function openItemKeys(folder: string, key: Uint8Array, random: Random): Promise<ItemKeys> {
  await makeFolder(folder);
  await removeUnfinished(folder);
  const queues = new Map<string, Queue>();
  const purpose = (shard: string) => `wardline/vault/item-keys/1/${shard}`;

  async function read(shard: string): Promise<Shard> {
    const sealed = await readIfExists(join(folder, shard));
    if (sealed === undefined) return {};
    const opened = openBox(key, purpose(shard), sealed);
    if (opened) return decodeCbor(opened) as Shard;
    throw new WardlineError("vault/keys-damaged", "A file of item keys is damaged.", {
      advice: "Restore this file from a backup; the items whose keys it holds cannot be opened until then.",
      details: { file: `keys/${shard}` },
    });
  }

  /** Changes one shard, after the changes to it that came before. */
  function change(shard: string, work: (entries: Shard) => void, forget: boolean): Promise<void> {
    const inTurn = queues.get(shard) ?? createQueue();
    queues.set(shard, inTurn);
    return inTurn(async () => {
      const entries = await read(shard);
      work(entries);
      const sealed = sealBox(key, purpose(shard), encodeCbor(entries), random);
      await writeFileAtomically(join(folder, shard), sealed, { forget });
    });
  }

  return {
    get: async (id) => (await read(shardOf(id)))[id],
    put: (id, entry) => change(shardOf(id), (entries) => (entries[id] = entry), false),
    async remove(ids) {
      for (const [shard, members] of Object.entries(Object.groupBy(ids, shardOf))) {
        const drop = (entries: Shard) => (members ?? []).forEach((id) => delete entries[id]);
        await change(shard, drop, true);
      }
    },
    async *all() {
      for (const shard of await readdir(folder)) {
        if (shard.length === SHARD_DIGITS) yield* Object.entries(await read(shard));
      }
    },
  };
}

/** Ids are random, so their first digits spread them evenly. */
function shardOf(id: string): string {
  return id.slice(0, SHARD_DIGITS);
}
