/** Reads a list from bytes that arrive in pieces, and hands out what it finds piece by piece. */
import { HashingError } from "../errors.ts";
import { defaultLimits, type Decoder, type Limits, type PageFacts } from "./decoder.ts";
import type { Candidate, ListEntry } from "./entry.ts";
import { decoderOf, detectFormat, sampleLength, type ListFormat } from "./detect.ts";
import { checkEntry, type CheckOptions } from "./check.ts";

export interface ReadOptions extends CheckOptions {
  /** Default: told by how the list begins. */
  format?: ListFormat | undefined;
  limits?: Partial<Limits>;
}

/** An entry and where it stands. */
export interface Found {
  entry: ListEntry;
  /** Its place among all entries of the list, bad ones too, from 1. */
  number: number;
  /** The line on which it begins, from 1. */
  line: number;
}

/** What was left out: a hash or field of an entry, a whole entry, or a line. */
export interface ListProblem {
  line: number;
  code: string;
  message: string;
}

export interface Batch {
  format: ListFormat;
  found: Found[];
  problems: ListProblem[];
  /** What pages that ended here say of themselves. */
  pages: PageFacts[];
  /** Bytes read so far. */
  bytes: number;
}

/**
 * Reads a list with memory for one piece of input and one entry. Bad entries are named and the others go on.
 *
 * Errors, after what was read before them: `list/unknown-format`, `list/no-columns`, `list/json`, `list/xml`,
 * `list/xml-doctype`, `list/not-a-list`, `list/encoding`, `list/too-deep`, `list/too-long`, `list/too-many`.
 */
export async function* readList(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<Batch, void, undefined> {
  const reader = createReader(options);
  for await (const bytes of input) {
    const [batch, error] = reader.read(bytes);
    if (batch !== undefined) yield batch;
    if (error !== undefined) throw error;
  }
  const [batch, error] = reader.read(undefined);
  if (batch !== undefined) yield batch;
  if (error !== undefined) throw error;
}

function createReader({ format: given, bare, limits: changed }: ReadOptions) {
  const limits = { ...defaultLimits, ...changed };
  let text: TextDecoder | undefined;
  let sample = "";
  let decoder: Decoder | undefined;
  let format: ListFormat | undefined;
  let [bytes, number] = [0, 0];
  let batch = emptyBatch();

  const sink = {
    found(line: number, candidate: Candidate) {
      if (++number > limits.mostEntries) throw tooMany(limits.mostEntries);
      const refuse = (code: string, message: string) => batch.problems.push({ line, code, message });
      const entry = checkEntry(candidate, (...why) => void refuse(...why), { bare });
      if (entry !== undefined) batch.found.push({ entry, number, line });
    },
    refused(line: number, code: string, message: string) {
      if (++number > limits.mostEntries) throw tooMany(limits.mostEntries);
      batch.problems.push({ line, code, message });
    },
    page: (facts: PageFacts) => void batch.pages.push(facts),
  };
  const start = () => {
    format = given ?? detectFormat(sample);
    decoder = decoderOf(format, sample)(sink, limits);
    decoder.write(sample);
    sample = "";
  };
  const take = (piece: Uint8Array | undefined) => {
    if (piece?.length === 0) return;
    bytes += piece?.length ?? 0;
    text ??= new TextDecoder(encodingOf(piece));
    const more = piece === undefined ? text.decode() : text.decode(piece, { stream: true });
    if (decoder !== undefined) decoder.write(more);
    else if ((sample += more).length >= sampleLength || piece === undefined) start();
    if (piece === undefined) decoder?.end();
  };
  return {
    /** Takes the next piece, undefined for the end; the error comes beside what was read before it. */
    read(piece: Uint8Array | undefined): [Batch | undefined, unknown] {
      let error: unknown;
      try {
        take(piece);
      } catch (problem) {
        error = problem;
      }
      const done = batch;
      batch = emptyBatch();
      return [format === undefined ? undefined : { ...done, format, bytes }, error];
    },
  };
}

const emptyBatch = (): Omit<Batch, "format" | "bytes"> => ({ found: [], problems: [], pages: [] });

/** Spreadsheets write UTF-16 with a mark in front; everything else is UTF-8. */
function encodingOf(first: Uint8Array | undefined): string {
  if (first?.[0] === 0xff && first[1] === 0xfe) return "utf-16le";
  if (first?.[0] === 0xfe && first[1] === 0xff) return "utf-16be";
  return "utf-8";
}

const tooMany = (most: number) =>
  new HashingError("list/too-many", `The list has more than ${most} entries.`, "Split it, or allow more.");
