/** A file of pages, read from anywhere by the file system's own threads. */
import { read } from "node:fs";
import { open } from "node:fs/promises";
import { damaged } from "./faults.ts";
import { PAGE } from "./pages.ts";

export interface PageFile {
  readonly bytes: number;
  /** Error: `hashing/index-damaged` when the file ends before. */
  read(page: number, count: number): Promise<Buffer>;
  /** After the reads under way. */
  close(): Promise<void>;
}

/** Error: `hashing/index-damaged` when it is not there. */
export async function openPageFile(path: string): Promise<PageFile> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? damaged("a file is gone") : error;
  });
  let under = 0;
  let rested: (() => void) | undefined;
  return {
    bytes: (await handle.stat()).size,
    // By the descriptor: reading by the handle costs half as much again, and this is most of what a look-up costs.
    read: (page, count) =>
      new Promise((resolve, reject) => {
        const buffer = Buffer.allocUnsafe(count * PAGE);
        under++;
        read(handle.fd, buffer, 0, buffer.length, page * PAGE, (error, bytesRead) => {
          if (--under === 0) rested?.();
          if (error) reject(error);
          else if (bytesRead < buffer.length) reject(damaged("a file has been cut"));
          else resolve(buffer);
        });
      }),
    async close() {
      if (under > 0) await new Promise<void>((resolve) => (rested = resolve));
      await handle.close();
    },
  };
}
