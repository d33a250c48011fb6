/** Removing what no one knows: left over from writing that was cut off, or from work that was never committed. */
import type { Blobs } from "./blobs.ts";
import type { ItemKeys } from "./itemkeys.ts";

/** How many were removed. */
export interface Swept {
  readonly items: number;
  readonly receptions: number;
  readonly blobs: number;
}

/** See `Vault.sweep`. Reads every key file once; memory: the names of all blobs. */
export async function sweep(options: {
  keys: ItemKeys;
  blobs: Blobs;
  known: ReadonlySet<string>;
  /** Ids and blob names that stay whatever is known. */
  spared: ReadonlySet<string>;
  /** Receptions that began before this are given up, milliseconds. */
  incomingBefore: number;
}): Promise<Swept> {
  const { keys, blobs, known, spared, incomingBefore } = options;
  // In this order, so that what is stored meanwhile is either not in the list, or spared, or has its key by then.
  const lying = await Array.fromAsync(blobs.names());
  const kept = new Set(spared);
  const items: string[] = [];
  const receptions: string[] = [];
  for await (const [id, { blob, incoming }] of keys.all()) {
    const running = incoming !== undefined && incoming.since >= incomingBefore;
    if (running || known.has(id) || spared.has(id)) kept.add(blob);
    else (incoming ? receptions : items).push(id);
  }
  await keys.remove([...items, ...receptions]);
  const orphans = lying.filter((name) => !kept.has(name));
  for (const name of orphans) await blobs.remove(name);
  return { items: items.length, receptions: receptions.length, blobs: orphans.length };
}
