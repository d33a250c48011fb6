/** The tables in memory: one that takes changes, and full ones that are being sorted into runs. */
import { createTable, type Table } from "./table.ts";

export interface Memory {
  /** Newest first. */
  readonly tables: readonly Table[];
  /** Puts a row; returns the number of this change. */
  put(row: Uint32Array, removed: number): number;
  /** Sends what the open table holds on its way to the disk. */
  freeze(): void;
  /** Waits while more than one table is on its way. Error: what `flush` threw. */
  room(): Promise<void>;
  /** Waits until all of them have arrived. Error: what `flush` threw. */
  flushed(): Promise<void>;
}

/** Makes a table, whose last change has the number `end`, a run. */
type Flush = (table: Table, end: number) => Promise<void>;

/** `capacity`: rows of a full table. Tables are flushed one after the other; when one fails, it and the later ones stay here. */
export function createMemory(capacity: number, flush: Flush): Memory {
  let open = createTable();
  let frozen: readonly Table[] = [];
  let changes = 0;
  let last: Promise<void> = Promise.resolve();

  const freeze = () => {
    if (open.rows.count === 0) return;
    const table = open;
    const end = changes;
    frozen = [table, ...frozen];
    open = createTable();
    last = last.then(async () => {
      await flush(table, end);
      frozen = frozen.filter((other) => other !== table);
    });
    last.catch(() => undefined);
  };
  return {
    get tables() {
      return [open, ...frozen];
    },
    put(row, removed) {
      if (open.rows.count >= capacity) freeze();
      open.put(row, removed);
      return ++changes;
    },
    freeze,
    async room() {
      if (frozen.length > 1) await last;
    },
    flushed: () => last,
  };
}
