/** Going on with an output file that an earlier run left behind. */
import { createReadStream } from "node:fs";
import { open, truncate } from "node:fs/promises";
import { createInterface } from "node:readline";

/**
 * The files that a JSON-lines output already speaks of. A last line that was cut off (by a power cut, say) is taken away,
 * so that the next one begins on its own. No file yet: none.
 */
export async function filesIn(output: string): Promise<Set<string>> {
  const done = new Set<string>();
  const length = await wholeLength(output);
  if (length === 0) return done;
  for await (const line of createInterface({ input: createReadStream(output), crlfDelay: Infinity })) {
    const file = fileOf(line);
    if (file !== undefined) done.add(file);
  }
  return done;
}

function fileOf(line: string): string | undefined {
  try {
    const { file } = JSON.parse(line) as { file?: unknown };
    return typeof file === "string" ? file : undefined;
  } catch {
    return undefined; // a line of something else: its file is hashed again
  }
}

/** Cuts the file behind its last line end; returns its length then. */
async function wholeLength(output: string): Promise<number> {
  const file = await open(output, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return 0;
  try {
    const { size } = await file.stat();
    const piece = Buffer.alloc(64 * 1024);
    for (let end = size; end > 0;) {
      const from = Math.max(0, end - piece.length);
      const { bytesRead } = await file.read(piece, 0, end - from, from);
      const newline = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (newline !== -1) {
        if (from + newline + 1 < size) await truncate(output, from + newline + 1);
        return from + newline + 1;
      }
      end = from;
    }
    if (size > 0) await truncate(output, 0);
    return 0;
  } finally {
    await file.close();
  }
}
