/** Tells the format of a list by how it begins. */
import { HashingError } from "../errors.ts";
import { decodeCsv, isCsvHeader } from "./csv.ts";
import type { StartDecoder } from "./decoder.ts";
import { decodeJsonDocument, decodeJsonLines } from "./json.ts";
import { decodePlain } from "./plain.ts";
import { decodeXml } from "./xml.ts";

export const listFormats = ["plain", "csv", "xml", "json"] as const;
export type ListFormat = (typeof listFormats)[number];

/** Characters by which a format is told; a header row and the first line of JSON are shorter. */
export const sampleLength = 64 * 1024;

/** Error: `list/unknown-format`. */
export function detectFormat(sample: string): ListFormat {
  const text = sample.trimStart();
  if (text.startsWith("<")) return "xml";
  if (text.startsWith("{") || text.startsWith("[")) return "json";
  // What stands first that is no comment decides between a header row and a hash.
  const first = text.split(/\r?\n/).find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "";
  if (isCsvHeader(first)) return "csv";
  if (text === "" || /^\s*(?:[A-Za-z][\w-]*[ \t:=,]\s*)?[0-9a-fA-F]{8,}\s*$/.test(first)) return "plain";
  throw new HashingError(
    "list/unknown-format",
    "This does not begin like a hash list: neither XML, JSON, a CSV header that names its columns, nor a line such as `pdq f8f8…`.",
    "Say the format if you know it (--format), and give CSV a header row.",
  );
}

export function decoderOf(format: ListFormat, sample: string): StartDecoder {
  if (format === "json") return isJsonLines(sample.trimStart()) ? decodeJsonLines : decodeJsonDocument;
  return { plain: decodePlain, csv: decodeCsv, xml: decodeXml }[format];
}

/** JSON lines begin with a whole object on the first line that is no page of an exchange. */
function isJsonLines(text: string): boolean {
  const end = text.indexOf("\n");
  const first = end === -1 ? text : text.slice(0, end);
  if (!first.startsWith("{") || /"(?:hashRecords|results)"\s*:/.test(first)) return false;
  if (end === -1) return true; // one line, or a first line longer than the sample
  try {
    JSON.parse(first);
    return true;
  } catch {
    return false;
  }
}
