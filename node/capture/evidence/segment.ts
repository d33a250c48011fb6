/** One file of a web archive, sealed in the vault as it grows. */
import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { StoredItem, Vault } from "../../vault/index.ts";
import { gzippedRecord, type WarcRecord } from "./warc.ts";

/** A file of the archive that is complete. */
export interface Segment {
  /** In the vault. */
  id: string;
  /** The name that it states itself, and has when it is exported. */
  name: string;
  bytes: number;
  sha256: string;
  records: number;
  /** Milliseconds. */
  from: number;
  to: number;
}

export interface OpenSegment {
  readonly name: string;
  /** Resolves when the record is on its way to the disk. @throws the vault's errors, then and ever after */
  write(record: WarcRecord): Promise<void>;
  /** Durable when it resolves. */
  close(): Promise<Segment>;
}

/** What is written waits in memory only until the vault has taken it. A process that dies leaves a blob without a key, which is swept. */
export function openSegment(vault: Pick<Vault, "put">, name: string): OpenSegment {
  const file = new PassThrough();
  file.on("error", () => undefined); // `stored` tells it
  const stored = vault.put(file);
  const settled = stored.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const measure = { records: 0, from: Infinity, to: 0 };

  async function write(record: WarcRecord): Promise<void> {
    for await (const piece of gzippedRecord(record)) {
      if (file.write(piece)) continue;
      const failure = await Promise.race([settled, once(file, "drain").then(() => undefined)]);
      if (failure !== undefined) throw failure.error;
    }
    measure.records++;
    measure.from = Math.min(measure.from, record.at);
    measure.to = Math.max(measure.to, record.at);
  }

  return {
    name,
    write,
    async close() {
      file.end();
      const { id, size: bytes, sha256 }: StoredItem = await stored;
      return { id, name, bytes, sha256, ...measure };
    },
  };
}
