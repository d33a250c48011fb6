/**
 * JSON that means one thing only. `JSON.parse` takes the last of two equal keys; another reader may take the first,
 * and the two would see different statements under one signature. So every token is looked at once more.
 */
import { WardlineError } from "./errors.ts";
import { text } from "./text.ts";

/** Our deepest file has about 8 levels. */
const DEEPEST = 64;

/** Strings, numbers, and the marks that open, close and separate. Used on valid JSON only, where it takes linear time. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]/g;

/**
 * Parses UTF-8 JSON. Throws `encoding/invalid-utf8`, `encoding/invalid-json` (also for halves of characters and
 * numbers beyond all range), `encoding/duplicate-key` or `encoding/too-deep` (more than 64 levels).
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const source = text(bytes);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new WardlineError("encoding/invalid-json", "The bytes are not JSON.", { cause });
  }
  refuseAmbiguous(source);
  return value;
}

/** Keys seen in each open object, outermost first; `undefined` for an array. */
type OpenLevels = (Set<string> | undefined)[];

function refuseAmbiguous(source: string): void {
  const open: OpenLevels = [];
  let last = "";
  for (const [mark] of source.matchAll(token)) {
    if (mark === "{") enter(open, new Set());
    else if (mark === "[") enter(open, undefined);
    else if (mark === "}" || mark === "]") open.pop();
    else if (mark === ":") addKey(open.at(-1), last);
    else last = readScalar(mark);
  }
}

function enter(open: OpenLevels, keys: Set<string> | undefined): void {
  open.push(keys);
  if (open.length <= DEEPEST) return;
  throw new WardlineError("encoding/too-deep", `JSON nests deeper than ${DEEPEST} levels.`);
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key)) throw new WardlineError("encoding/duplicate-key", "JSON names one key twice.");
  keys?.add(key);
}

/** The text of a string; an escape can spell half a character, which no UTF-8 could carry. */
function readScalar(mark: string): string {
  if (mark.startsWith('"')) {
    const value = mark.includes("\\") ? (JSON.parse(mark) as string) : mark.slice(1, -1);
    if (value.isWellFormed()) return value;
  } else if (isFinite(Number(mark))) return mark;
  throw new WardlineError(
    "encoding/invalid-json",
    "JSON holds half a character or a number beyond all range.",
  );
}
