/**
 * JSON that means one thing only. `JSON.parse` takes the last of two equal keys; another reader may take the first,
 * and the two would see different statements under one signature. So a scan comes before it.
 */
import { WardlineError } from "./errors.ts";
import { text } from "./text.ts";

/** Our deepest file has about 8 levels. */
const DEEPEST = 64;

/** Strings, or the marks that open, close and separate; numbers and literals are left to `JSON.parse`. */
const token = /"(?:[^"\\\u0000-\u001f]|\\.)*"|[{}[\]:,]/g;

/**
 * Parses UTF-8 JSON. Throws `encoding/invalid-utf8`, `encoding/invalid-json` (also for halves of characters and
 * numbers beyond all range), `encoding/duplicate-key` or `encoding/too-deep` (more than 64 levels).
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const source = text(bytes);
  refuseDepth(source);
  let value: unknown;
  try {
    value = JSON.parse(source, refuseUnportable);
  } catch (cause) {
    if (cause instanceof WardlineError) throw cause;
    throw new WardlineError("encoding/invalid-json", "The bytes are not JSON.", { cause });
  }
  refuseDuplicates(source);
  return value;
}

/** Before parsing, so that a hostile depth costs one pass and no stack. */
function refuseDepth(source: string): void {
  let depth = 0;
  for (const [mark] of source.matchAll(token)) {
    if (mark === "{" || mark === "[") depth++;
    if (mark === "}" || mark === "]") depth--;
    if (depth > DEEPEST)
      throw new WardlineError("encoding/too-deep", `JSON nests deeper than ${DEEPEST} levels.`);
  }
}

function refuseUnportable(key: string, value: unknown): unknown {
  const portable =
    typeof value === "string" ? value.isWellFormed() : typeof value !== "number" || isFinite(value);
  if (portable && key.isWellFormed()) return value;
  throw new WardlineError(
    "encoding/invalid-json",
    "JSON holds half a character or a number beyond all range.",
  );
}

/** Runs on text that `JSON.parse` has accepted, so a string followed by a colon is a key. */
function refuseDuplicates(source: string): void {
  const open: (Set<string> | undefined)[] = [];
  let last = "";
  for (const [mark] of source.matchAll(token)) {
    if (mark === "{") open.push(new Set());
    else if (mark === "[") open.push(undefined);
    else if (mark === "}" || mark === "]") open.pop();
    else if (mark === ":") addKey(open.at(-1), JSON.parse(last) as string);
    else last = mark;
  }
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key)) throw new WardlineError("encoding/duplicate-key", "JSON names one key twice.");
  keys?.add(key);
}
