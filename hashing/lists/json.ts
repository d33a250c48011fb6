/**
 * JSON lists. Two forms: JSON lines (an object a line, ours and those of `wardline hash`), where a bad line costs only
 * itself; and documents, where the entries stand in an array, alone or in a page of an exchange.
 * What an entry looks like is told by `shapes.ts`.
 */
import { HashingError } from "../errors.ts";
import type { Decoder, Sink, StartDecoder } from "./decoder.ts";
import { createJsonSplitter } from "./json-splitter.ts";
import { createLineSplitter } from "./lines.ts";
import { candidateOf, pageOf } from "./shapes.ts";

export const decodeJsonLines: StartDecoder = (sink, { longestEntry }) =>
  createLineSplitter(
    longestEntry,
    (text, line) => {
      if (text.trim() === "") return;
      const value = parsed(text);
      if (value === undefined) sink.refused(line, "list/json", "This line is not JSON.");
      else handOn(sink, line, value);
    },
    (line) => sink.refused(line, "list/too-long", `A line of more than ${longestEntry} characters.`),
  );

export const decodeJsonDocument: StartDecoder = (sink, { longestEntry }): Decoder =>
  createJsonSplitter(longestEntry, {
    element(text, line) {
      const value = parsed(text);
      if (value === undefined) throw notJson(line);
      handOn(sink, line, value);
    },
    rest(text, line, hadList) {
      const value = parsed(text);
      if (value === undefined) throw notJson(line);
      if (hadList) return sink.page(pageOf(value));
      const candidate = candidateOf(value);
      if (typeof candidate === "string" || candidate.hashes.length === 0) throw notAList(line);
      sink.found(line, candidate);
    },
    broken(line) {
      throw notJson(line);
    },
    tooLong(line) {
      throw new HashingError(
        "list/too-long",
        `Line ${line}: a value of more than ${longestEntry} characters.`,
        "This is no hash list, or an entry of it is damaged.",
      );
    },
  });

function handOn(sink: Sink, line: number, value: unknown): void {
  const candidate = candidateOf(value);
  if (typeof candidate === "string") sink.refused(line, "list/entry", candidate);
  else sink.found(line, candidate);
}

/** The value, or undefined when the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const notJson = (line: number) =>
  new HashingError(
    "list/json",
    `The list stops being JSON at or before line ${line}; it may be cut off.`,
    "Fetch it again. What came before was read.",
  );

const notAList = (line: number) =>
  new HashingError(
    "list/not-a-list",
    `The JSON that ends on line ${line} is no hash list: no array of entries, no page of an exchange, no object with hashes.`,
    "Give a list, a page of HMA, StopNCII or Tech Against Terrorism, or the output of wardline hash --json.",
  );
