/** Operational logs: ids, codes and counts. Never a URL, hash, name or content, and so no error messages either. */
import { pino, type DestinationStream, type Logger } from "pino";

export type Log = Logger;
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/** JSON lines to `stream` (standard error by default). */
export function createLog(level: LogLevel, stream?: DestinationStream): Log {
  const serializers = { err: describeError, error: describeError };
  return pino({ level, base: null, serializers }, stream ?? pino.destination(2));
}

/** An error without its message, which may quote what must not be logged: code, name and where it was thrown. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at "));
  const { code } = error as { code?: unknown };
  return { name: error.name, code, stack: frames?.slice(0, 8), cause: error.cause && describeError(error.cause) };
}
