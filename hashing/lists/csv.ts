/**
 * CSV after RFC 4180, with a header row. Columns are told by their names (`columns.ts`); a pair of columns such as
 * `algorithm, hash` works as well as one column a kind. Separators are commas, semicolons or tabs, as the header has them.
 */
import { HashingError } from "../errors.ts";
import { candidateFrom, columnOf, isHashColumn, type Column } from "./columns.ts";
import type { Limits, Sink, StartDecoder } from "./decoder.ts";
import { createLineSplitter } from "./lines.ts";

export const decodeCsv: StartDecoder = (sink, limits) => {
  let columns: (Column | undefined)[] | undefined;
  let record: CsvRecord | undefined;
  let start = 0;

  const finish = (fields: string[]) => {
    if (columns !== undefined) return found(sink, start, columns, fields);
    columns = fields.map((name) => columnOf(name.trim()));
    if (!columns.some(isHashColumn)) throw noColumns();
  };
  let separator = ",";
  const splitter = createLineSplitter(
    limits.longestEntry,
    (line, number) => {
      if (record === undefined) {
        if (line.trim() === "") return;
        if (columns === undefined) separator = separatorOf(line);
        record = createRecord(separator, limits);
        start = number;
      }
      const state = record.feed(line);
      if (state === "open") return;
      const { fields } = record;
      record = undefined;
      if (state === "done") finish(fields);
      else refuse(sink, start, state);
    },
    (number) => {
      record = undefined;
      refuse(sink, number, "too-long");
    },
  );
  return {
    write: (text) => splitter.write(text),
    end() {
      splitter.end();
      if (record !== undefined) refuse(sink, start, "quote");
      else if (columns === undefined) throw noColumns();
    },
  };
};

interface CsvRecord {
  readonly fields: string[];
  /** Takes the next line of the file: the record is done, goes on in the next line (inside quotes), or is malformed. */
  feed(line: string): "done" | "open" | "quote" | "too-long";
}

function createRecord(separator: string, { longestEntry }: Limits): CsvRecord {
  const fields: string[] = [];
  let open: string[] | undefined; // pieces of a quoted field that is not closed yet
  let length = 0;

  /** Reads inside quotes from `at`; returns where the field ended, or undefined when the line ended first. */
  const quoted = (line: string, at: number, pieces: string[]): number | undefined => {
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote === -1) {
        pieces.push(line.slice(at), "\n");
        return undefined;
      }
      pieces.push(line.slice(at, quote));
      if (line[quote + 1] !== '"') return quote + 1;
      pieces.push('"');
      at = quote + 2;
    }
  };
  return {
    fields,
    feed(line) {
      length += line.length + 1;
      if (length > longestEntry) return "too-long";
      if (open === undefined && !line.includes('"')) {
        for (const field of line.split(separator)) fields.push(field);
        return "done";
      }
      for (let at = 0; ;) {
        if (open !== undefined || line[at] === '"') {
          const pieces: string[] = open ?? [];
          const end = quoted(line, open === undefined ? at + 1 : at, pieces);
          open = end === undefined ? pieces : undefined;
          if (end === undefined) return "open";
          fields.push(pieces.join(""));
          at = end;
          if (at < line.length && line[at] !== separator) return "quote";
        } else {
          const end = line.indexOf(separator, at);
          const field = line.slice(at, end === -1 ? undefined : end);
          if (field.includes('"')) return "quote";
          fields.push(field);
          at = end === -1 ? line.length : end;
        }
        if (at >= line.length) return "done";
        at++;
      }
    },
  };
}

function refuse(sink: Sink, line: number, why: "quote" | "too-long"): void {
  if (why === "quote")
    sink.refused(line, "list/csv-quote", "A quotation mark is not closed, or stands inside a field.");
  else
    sink.refused(
      line,
      "list/too-long",
      "A record longer than any; what follows it in the same field is left out.",
    );
}

function found(sink: Sink, line: number, columns: (Column | undefined)[], fields: string[]): void {
  if (fields.length > columns.length && fields.slice(columns.length).some((field) => field !== ""))
    return sink.refused(line, "list/csv-columns", "There are more fields than the header has columns.");
  sink.found(line, candidateFrom(fields.map((text, index) => [columns[index], text])));
}

/** The separator that the header has most of. */
function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
}

/** Whether a line is a header that has a column of hashes. */
export function isCsvHeader(line: string): boolean {
  const names = line.split(separatorOf(line)).map((name) => name.replace(/^\s*"?|"?\s*$/g, ""));
  return names.some((name) => isHashColumn(columnOf(name)));
}

const noColumns = () =>
  new HashingError(
    "list/no-columns",
    "The first row of the CSV names no column of hashes.",
    "Name the columns in the first row, for example: pdq,md5,sha1,sha256,quality,id,source,verdict.",
  );
