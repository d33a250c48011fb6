/** Looking up in a run: one read of one page, by the file system's own threads. */
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { damaged, PAGE, PAGE_WORDS, type PageSealer } from "./pages.ts";
import {
  bytesOf,
  pagesOf,
  pagesWith,
  rowsOnPage,
  runFile,
  sealerOfRun,
  visitPage,
  type RunName,
} from "./runs.ts";

/** Calls back with the words of an array, where the row begins, and whether it says "removed". */
export type Visit = (words: Uint32Array, at: number, removed: number) => void;

export interface Run extends RunName {
  /** Visits the rows of a digest. The read is under way when this returns, so that `close` waits for it. */
  find(digest: Uint32Array, at: number, visit: Visit): Promise<void>;
  /** Opens every page. Error: `hashing/index-damaged`. */
  verify(): Promise<void>;
  /** After the reads under way. */
  close(): Promise<void>;
}

/** Opens a run and reads its fences. Error: `hashing/index-damaged`. */
export async function openRun(folder: string, secret: Uint8Array, { id, rows }: RunName): Promise<Run> {
  const file = await openFile(join(folder, runFile(id)), id);
  const sealer = sealerOfRun(secret, id);
  const pages = pagesOf(rows);
  try {
    if ((await file.stat()).size !== bytesOf(rows)) throw damaged(`file ${id} has not its length`);
    const fences = await readFences(file, sealer, pages);
    return {
      id,
      rows,
      async find(digest, at, visit) {
        const [first, last] = pagesWith(fences, digest[at] as number);
        for await (const [page, words] of readPages(file, sealer, first, last + 1))
          visitPage(words, rowsOnPage(rows, page), digest, at, visit);
      },
      async verify() {
        for await (const page of readPages(file, sealer, 0, pages.rows)) void page;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(path: string, id: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw damaged(`file ${id} is gone`);
    throw error;
  }
}

async function readFences(
  file: FileHandle,
  sealer: PageSealer,
  pages: { rows: number; fences: number },
): Promise<Uint32Array> {
  const fences = new Uint32Array(pages.fences * PAGE_WORDS);
  for await (const [page, words] of readPages(file, sealer, pages.rows, pages.rows + pages.fences))
    fences.set(words, (page - pages.rows) * PAGE_WORDS);
  return fences.subarray(0, pages.rows);
}

/** Pages read at once: enough for the disk to stream, little enough to hold. */
const AT_ONCE = 64;

async function* readPages(
  file: FileHandle,
  sealer: PageSealer,
  from: number,
  to: number,
): AsyncGenerator<[page: number, words: Uint32Array]> {
  for (let first = from; first < to; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, to - first);
    const buffer = Buffer.allocUnsafeSlow(count * PAGE);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, first * PAGE);
    if (bytesRead !== buffer.length) throw damaged("a file has been cut");
    for (let at = 0; at < count; at++)
      yield [first + at, sealer.open(buffer.subarray(at * PAGE, (at + 1) * PAGE), first + at)];
  }
}
