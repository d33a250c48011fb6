/**
 * Logs that an operator can hand to anybody: fixed sentences with ids, codes, counts and times; no personal data, no
 * URLs, hosts, hashes or names. What a caller passes is judged here once more, so that a slip stays out of the log.
 */
import { pino, type DestinationStream } from "pino";
import { isWardlineError } from "@wardline/protocol/encoding";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** Ids, codes, counts; an error may stand under any name. */
type LogFields = Readonly<Record<string, unknown>>;
type Write = (fields: LogFields, sentence: string) => void;
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

const WITHHELD = "[withheld]";
const LONGEST_WORD = 64;
const MOST_FRAMES = 8;
const STANDARD_ERROR = 2;
/** Codes (`roster/expired`), protocols, ids, peer ids: one word without what makes addresses and names of hosts. */
const WORD = /^\/?[\p{L}\p{N}][\p{L}\p{N}_/-]*$/u;
const VERSION = /^\d+(\.\d+){1,2}$/;
/** SHA-1 and SHA-256. MD5 has the length of our ids, so it cannot be told apart; it is nowhere alone. */
const DIGEST = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/** A log of JSON lines on standard error, or to `stream`. */
export function createLog(level: LogLevel, stream?: DestinationStream): Log {
  const logger = pino({ level, base: null }, stream ?? pino.destination(STANDARD_ERROR));
  const writer =
    (at: Exclude<LogLevel, "silent">): Write =>
    (fields, sentence) => {
      if (logger.isLevelEnabled(at)) logger[at](permitted(fields), sentence);
    };
  return { debug: writer("debug"), info: writer("info"), warn: writer("warn"), error: writer("error") };
}

function permitted(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, permittedValue(value)]));
}

function permittedValue(value: unknown): unknown {
  if (typeof value === "string") return permittedWord(value);
  if (value instanceof Error) return errorFacts(value);
  if (Array.isArray(value)) return value.map(permittedValue);
  const harmless = value === null || ["number", "boolean", "undefined"].includes(typeof value);
  return harmless ? value : WITHHELD;
}

function permittedWord(word: string): string {
  if (VERSION.test(word)) return word;
  return word.length <= LONGEST_WORD && WORD.test(word) && !DIGEST.test(word) ? word : WITHHELD;
}

/** What kind of error and where, without its message: that may quote what was being worked on. */
function errorFacts(error: Error): Record<string, unknown> {
  const code = "code" in error && typeof error.code === "string" ? { code: permittedWord(error.code) } : {};
  const cause = error.cause instanceof Error ? { cause: errorFacts(error.cause) } : {};
  if (isWardlineError(error)) return { ...code, ...cause };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...code, at: frames.slice(0, MOST_FRAMES).map((line) => line.trim()), ...cause };
}
