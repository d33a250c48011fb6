/**
 * The log: what was added and removed since the last run, so that it survives a fall.
 *
 * A write is a number of pages, synced before it is acknowledged and before the next one begins; so only the last write can
 * be torn. A page holds 126 rows, their number, the page with which its write began, and the removal marks. When a page does
 * not open it was torn if it belongs to the last write and was never acknowledged as far as the manifest knows; else it is
 * damage. A log is never written on after a fall or a close: the next opening begins another one.
 */
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { HashingError } from "../errors.ts";
import { openPageFile } from "./pagefile.ts";
import { damaged } from "./faults.ts";
import { createPageSealer, PAGE, PAGE_WORDS, type PageSealer } from "./pages.ts";
import { copyRow, ROW, type Rows } from "./rows.ts";
import { isRemoved, markRemoved } from "./runs.ts";

const LOG_ROWS = 126;
const COUNT = LOG_ROWS * ROW;
const BEGAN = COUNT + 1;

export interface Log {
  readonly id: string;
  /** Acknowledged so far. */
  readonly pages: number;
  /** Returns when the rows are on the disk. After an error the log must not be used again. */
  append(rows: Rows): Promise<void>;
  close(): Promise<void>;
}

export const logFile = (id: string): string => `${id}.log`;
const sealerOfLog = (secret: Uint8Array, id: string) => createPageSealer(secret, "log", id);

/** A new, empty log. Its name is on the disk when the folder is synced. */
export async function createLog(folder: string, secret: Uint8Array, id: string): Promise<Log> {
  const file = await open(join(folder, logFile(id)), "wx", 0o600);
  const sealer = sealerOfLog(secret, id);
  let pages = 0;
  return {
    id,
    get pages() {
      return pages;
    },
    async append(rows) {
      const sealed = sealedRows(rows, sealer, pages);
      await writeFully(file, sealed, pages * PAGE);
      await file.datasync();
      pages += sealed.length / PAGE;
    },
    close: () => file.close(),
  };
}

function sealedRows(rows: Rows, sealer: PageSealer, began: number): Buffer {
  const sealed = Buffer.allocUnsafe(Math.ceil(rows.count / LOG_ROWS) * PAGE);
  for (let from = 0; from < rows.count; from += LOG_ROWS) {
    const page = new Uint32Array(PAGE_WORDS);
    const count = Math.min(LOG_ROWS, rows.count - from);
    for (let row = 0; row < count; row++) {
      copyRow(rows.words, (from + row) * ROW, page, row * ROW);
      if (rows.removed[from + row]) markRemoved(page, row);
    }
    page[COUNT] = count;
    page[BEGAN] = began;
    const number = from / LOG_ROWS;
    sealer.seal(page, began + number, sealed.subarray(number * PAGE, (number + 1) * PAGE));
  }
  return sealed;
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/**
 * Gives all rows of a log to `put`, in the order in which they came; a torn end is left out. Errors:
 * `hashing/index-damaged`.
 */
export async function replayLog(
  folder: string,
  secret: Uint8Array,
  { id, pages: acknowledged }: { readonly id: string; readonly pages: number },
  put: (words: Uint32Array, removed: number) => void,
): Promise<void> {
  const file = await openPageFile(join(folder, logFile(id)));
  const sealer = sealerOfLog(secret, id);
  try {
    const pages = Math.floor(file.bytes / PAGE);
    if (pages < acknowledged) throw damaged(`log ${id} has been cut`);
    let torn = Infinity;
    for (let page = 0; page < pages; page++) {
      const words = opened(sealer, await file.read(page, 1), page);
      if (words === undefined && page < acknowledged)
        throw damaged(`page ${page} of log ${id} does not open`);
      if (words === undefined) torn = Math.min(torn, page);
      else if ((words[BEGAN] as number) > torn) throw damaged(`page ${torn} of log ${id} does not open`);
      else if (torn === Infinity) putRows(words, put);
    }
  } finally {
    await file.close();
  }
}

function opened(sealer: PageSealer, sealed: Buffer, page: number): Uint32Array | undefined {
  try {
    return sealer.open(sealed, page);
  } catch (error) {
    if (error instanceof HashingError) return undefined;
    throw error;
  }
}

function putRows(page: Uint32Array, put: (words: Uint32Array, removed: number) => void): void {
  for (let row = 0; row < (page[COUNT] as number); row++)
    put(page.subarray(row * ROW, (row + 1) * ROW), isRemoved(page, row));
}
