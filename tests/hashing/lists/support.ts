/** Reading a whole list from text or bytes, for tests. */
import {
  readList,
  type Batch,
  type ListEntry,
  type ListProblem,
  type ReadOptions,
} from "@wardline/hashing/lists";

export interface Read {
  format: string | undefined;
  entries: ListEntry[];
  problems: ListProblem[];
  pages: Batch["pages"];
  error: unknown;
}

export async function read(
  list: string | Uint8Array,
  options: ReadOptions = {},
  piece = Infinity,
): Promise<Read> {
  const bytes = typeof list === "string" ? new TextEncoder().encode(list) : list;
  const all: Read = { format: undefined, entries: [], problems: [], pages: [], error: undefined };
  try {
    for await (const { format, found, problems, pages } of readList(pieces(bytes, piece), options)) {
      all.format = format;
      all.entries.push(...found.map(({ entry }) => entry));
      all.problems.push(...problems);
      all.pages.push(...pages);
    }
  } catch (error) {
    all.error = error;
  }
  return all;
}

function* pieces(bytes: Uint8Array, length: number) {
  for (let at = 0; at < bytes.length; at += length)
    yield bytes.subarray(at, Math.min(at + length, bytes.length));
}

export const pdqs = [
  "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
  "facd8bcb2a49bcebdec1985298d5fe84bcd006c187c598c720c3c087b3fdb318",
] as const;
