/**
 * Bytes put aside until their length is known: a record of a web archive states its length first, and others are written
 * meanwhile. A little stays in memory; what grows longer goes to the vault, sealed, and is forgotten after use.
 */
import { PassThrough } from "node:stream";
import type { Vault } from "../../vault/index.ts";

export interface Spool {
  write(bytes: Uint8Array): void;
  readonly size: number;
  /** Everything that was written, once nothing more comes. @throws the vault's errors */
  read(): AsyncIterable<Uint8Array>;
  /** Forgets it. */
  drop(): Promise<void>;
}

/** Most pages and pictures stay below; a capture holds a few of them at a time. */
const inMemory = 1024 * 1024;

export function createSpool(vault: Pick<Vault, "put" | "read" | "shred">): Spool {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let stored: { stream: PassThrough; item: ReturnType<Vault["put"]> } | undefined;

  function moveToVault(): void {
    const stream = new PassThrough();
    const item = vault.put(stream);
    item.catch((error: Error) => stream.destroy(error)); // told to whoever reads it
    stream.on("error", () => undefined);
    for (const piece of pieces) stream.write(piece);
    pieces = [];
    stored = { stream, item };
  }

  return {
    write(bytes) {
      size += bytes.length;
      if (stored !== undefined) return void stored.stream.write(bytes);
      pieces.push(bytes);
      if (size > inMemory) moveToVault();
    },
    get size() {
      return size;
    },
    async *read() {
      if (stored === undefined) return yield* pieces;
      stored.stream.end();
      yield* vault.read((await stored.item).id);
    },
    async drop() {
      pieces = [];
      if (stored === undefined) return;
      stored.stream.end();
      const item = await stored.item.catch(() => undefined);
      if (item !== undefined) await vault.shred(item.id);
    },
  };
}
