/** Writing and reading runs from end to end, for the worker: synchronous, through small buffers. */
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { damaged } from "./faults.ts";
import { PAGE, PAGE_WORDS } from "./pages.ts";
import { copyRow, ROW } from "./rows.ts";
import {
  isRemoved,
  markRemoved,
  PAGE_ROWS,
  pagesOf,
  rowsOnPage,
  runFile,
  sealerOfRun,
  type RunName,
} from "./runs.ts";

/** Pages in a buffer: 64 KiB, so that a merge of hundreds of runs stays small. */
const BUFFERED = 16;

export interface RunWriter {
  /** Rows must come in their order, each once. */
  push(words: Uint32Array, at: number, removed: number): void;
  /** Writes the rest; what it returns is on the disk, though its name may not be until the folder is synced. */
  finish(): number;
  /** Leaves nothing of it. */
  drop(): void;
}

export function createRunWriter(folder: string, secret: Uint8Array, id: string): RunWriter {
  const path = join(folder, runFile(id));
  const file = openSync(path, "wx", 0o600);
  const sealer = sealerOfRun(secret, id);
  const page = new Uint32Array(PAGE_WORDS);
  const fences: number[] = [];
  const buffer = Buffer.allocUnsafeSlow(BUFFERED * PAGE);
  let pages = 0;
  let rows = 0;

  const slot = (number: number) => (number % BUFFERED) * PAGE;
  const seal = () => {
    sealer.seal(page, pages, buffer.subarray(slot(pages), slot(pages) + PAGE));
    page.fill(0);
    if (++pages % BUFFERED === 0) writeFully(file, buffer);
  };
  return {
    push(words, at, removed) {
      const row = rows % PAGE_ROWS;
      if (row === 0) fences.push(words[at] as number);
      copyRow(words, at, page, row * ROW);
      if (removed) markRemoved(page, row);
      rows++;
      if (row === PAGE_ROWS - 1) seal();
    },
    finish() {
      if (rows % PAGE_ROWS > 0) seal();
      for (let at = 0; at < fences.length; at += PAGE_WORDS) {
        page.set(fences.slice(at, at + PAGE_WORDS));
        seal();
      }
      writeFully(file, buffer.subarray(0, slot(pages)));
      fsyncSync(file);
      closeSync(file);
      return rows;
    },
    drop() {
      closeSync(file);
      rmSync(path);
    },
  };
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Goes through the rows of a run in their order. */
export interface RunCursor {
  /** The page with the row, and where it begins there. */
  words: Uint32Array;
  at: number;
  removed: number;
  /** Moves to the next row; false at the end. Call it once before the first row. */
  next(): boolean;
  close(): void;
}

/** Error: `hashing/index-damaged`, from `next` too. */
export function createRunCursor(folder: string, secret: Uint8Array, { id, rows }: RunName): RunCursor {
  const file = openSync(join(folder, runFile(id)), "r");
  const sealer = sealerOfRun(secret, id);
  const pages = pagesOf(rows).rows;
  const buffer = Buffer.allocUnsafeSlow(BUFFERED * PAGE);
  let page = -1;
  let row = 0;
  let rowsHere = 0;

  const fill = () => {
    const length = Math.min(BUFFERED, pages - page) * PAGE;
    for (let at = 0; at < length;) {
      const read = readSync(file, buffer, at, length - at, page * PAGE + at);
      if (read === 0) throw damaged(`file ${id} has been cut`);
      at += read;
    }
  };
  const turn = () => {
    page++;
    if (page === pages) return false;
    const slot = page % BUFFERED;
    if (slot === 0) fill();
    cursor.words = sealer.open(buffer.subarray(slot * PAGE, (slot + 1) * PAGE), page);
    row = 0;
    rowsHere = rowsOnPage(rows, page);
    return true;
  };
  const cursor: RunCursor = {
    words: new Uint32Array(0),
    at: 0,
    removed: 0,
    next() {
      if (++row >= rowsHere && !turn()) return false;
      cursor.at = row * ROW;
      cursor.removed = isRemoved(cursor.words, row);
      return true;
    },
    close: () => closeSync(file),
  };
  return cursor;
}
