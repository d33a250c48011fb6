/**
 * JSON that means one thing only, read and written. `JSON.parse` takes the last of two equal keys; another reader may take the first,
 * and the two would see different statements under one signature. A key named twice shows by counting: the text then
 * names more keys than the value has. That costs a fraction of remembering every key.
 */
import { WardlineError } from "./errors.ts";
import { text, utf8 } from "./text.ts";

/** Our deepest file has about 8 levels. */
const DEEPEST = 64;

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
  /** Only an escape can spell half a character: no UTF-8 carries one. */
  const mayHoldHalves = source.includes("\\u");
  if (keysOf(value, mayHoldHalves, 0) !== keysNamedIn(source)) {
    throw new WardlineError("encoding/duplicate-key", "JSON names one key twice.");
  }
  return value;
}

/**
 * The UTF-8 JSON of plain objects, arrays, strings, finite numbers, booleans and null; properties that are undefined are
 * left out. `parseStrictJson` reads it. Throws `encoding/invalid-json` or `encoding/too-deep` for what that would refuse.
 */
export function writeStrictJson(value: object): Uint8Array {
  const source = JSON.stringify(value);
  keysOf(value, source.includes("\\u"), 0);
  return utf8(source);
}

/**
 * How many keys the value has, all levels together; refuses what has no one meaning on the way. Plain loops: a large statement
 * has thousands of fields, and neither lists of keys nor iterators are to be collected afterwards.
 */
function keysOf(value: unknown, mayHoldHalves: boolean, depth: number): number {
  if (typeof value === "string") return refuseUnless(!mayHoldHalves || value.isWellFormed());
  if (typeof value === "number") return refuseUnless(isFinite(value));
  if (typeof value !== "object" || value === null) return 0;
  if (depth === DEEPEST) {
    throw new WardlineError("encoding/too-deep", `JSON nests deeper than ${DEEPEST} levels.`);
  }
  let count = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) count += keysOf(value[at], mayHoldHalves, depth + 1);
    return count;
  }
  for (const key in value) {
    refuseUnless(!mayHoldHalves || key.isWellFormed());
    count += 1 + keysOf((value as Record<string, unknown>)[key], mayHoldHalves, depth + 1);
  }
  return count;
}

function refuseUnless(portable: boolean): 0 {
  if (portable) return 0;
  throw new WardlineError(
    "encoding/invalid-json",
    "JSON holds half a character or a number beyond all range.",
  );
}

/** How many colons stand outside strings, in text that `JSON.parse` has accepted. */
function keysNamedIn(source: string): number {
  let count = 0;
  for (let at = 0; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) at = endOfString(source, at);
    else if (code === COLON) count++;
  }
  return count;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Where the closing quotation mark stands: the next one after an even number of backslashes. */
function endOfString(source: string, start: number): number {
  for (let end = source.indexOf('"', start + 1); ; end = source.indexOf('"', end + 1)) {
    let before = end;
    while (source.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
}
