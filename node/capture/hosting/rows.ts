/**
 * Looking a number up in a sorted file of ranges (`first,last,field,…` a line), by halving the file itself: about twenty
 * small reads, nothing to build at start, and no memory for half a million networks.
 */
import { open, type FileHandle } from "node:fs/promises";

/** More than the longest line has. */
const longestLine = 1024;
/** What is left is read as a whole. */
const smallest = 4096;

/** The fields after the range that holds `value`; undefined when none does. */
export async function findRow(path: string, value: bigint): Promise<string[] | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = await lastStartBefore(file, size, value);
    return rowWith(await textAt(file, start, smallest + longestLine), value);
  } finally {
    await file.close();
  }
}

/** Start of a line whose range begins at or before `value`, with the one looked for close behind. */
async function lastStartBefore(file: FileHandle, size: number, value: bigint): Promise<number> {
  let low = 0;
  let high = size;
  while (high - low > smallest) {
    const middle = Math.floor((low + high) / 2);
    const text = await textAt(file, middle, longestLine);
    const begins = text.indexOf("\n") + 1;
    const first = numberAt(text, begins);
    if (first !== undefined && first <= value) low = middle + begins;
    else high = middle;
  }
  return low;
}

async function textAt(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  // One byte a character, so that places in the text are places in the file.
  return buffer.toString("latin1", 0, bytesRead);
}

function numberAt(text: string, at: number): bigint | undefined {
  const [, digits] = /^(\d+),/.exec(text.slice(at, at + 48)) ?? [];
  return digits === undefined ? undefined : BigInt(digits);
}

function rowWith(text: string, value: bigint): string[] | undefined {
  for (const line of text.split("\n")) {
    const [, first, last, rest] = /^(\d+),(\d+),(.*)$/.exec(line) ?? [];
    if (first === undefined || last === undefined || rest === undefined) return undefined;
    if (BigInt(first) > value) return undefined;
    if (value <= BigInt(last)) return fieldsOf(Buffer.from(rest, "latin1").toString("utf8"));
  }
  return undefined;
}

/** Fields of a line of RFC 4180; quoted ones hold commas, and quotes doubled. */
function fieldsOf(line: string): string[] {
  const fields = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
