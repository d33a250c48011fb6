/** Looking up in a run: one read of one page. */
import { join } from "node:path";
import { damaged } from "./faults.ts";
import { PAGE, PAGE_WORDS, type PageSealer } from "./pages.ts";
import { openPageFile, type PageFile } from "./pagefile.ts";
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

/** Called with the words of an array, where the row begins, and whether it says "removed". */
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
  const file = await openPageFile(join(folder, runFile(id)));
  const sealer = sealerOfRun(secret, id);
  const pages = pagesOf(rows);
  const fences = new Uint32Array(pages.fences * PAGE_WORDS);
  try {
    if (file.bytes !== bytesOf(rows)) throw damaged(`file ${id} has not its length`);
    await readThrough(file, sealer, pages.rows, pages.rows + pages.fences, (words, page) =>
      fences.set(words, (page - pages.rows) * PAGE_WORDS),
    );
  } catch (error) {
    await file.close();
    throw error;
  }
  const used = fences.subarray(0, pages.rows);
  return {
    id,
    rows,
    async find(digest, at, visit) {
      const [first, last] = pagesWith(used, digest[at] as number);
      // All of them at once: a digest has few entries, or its caller wants many.
      const sealed = await file.read(first, last - first + 1);
      for (let page = first; page <= last; page++) {
        const start = (page - first) * PAGE;
        const words = sealer.open(sealed.subarray(start, start + PAGE), page);
        visitPage(words, rowsOnPage(rows, page), digest, at, visit);
      }
    },
    verify: () => readThrough(file, sealer, 0, pages.rows, () => undefined),
    close: () => file.close(),
  };
}

/** Pages read at once: enough for the disk to stream, little enough for the event loop. */
const AT_ONCE = 64;

async function readThrough(
  file: PageFile,
  sealer: PageSealer,
  from: number,
  to: number,
  take: (words: Uint32Array, page: number) => void,
): Promise<void> {
  for (let first = from; first < to; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, to - first);
    const sealed = await file.read(first, count);
    for (let at = 0; at < count; at++)
      take(sealer.open(sealed.subarray(at * PAGE, (at + 1) * PAGE), first + at), first + at);
  }
}
