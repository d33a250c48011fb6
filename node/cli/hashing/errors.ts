/** What is said of one file's failure in a line of results. */
import { isWardlineError } from "@wardline/protocol/encoding";

export interface Told {
  code: string;
  message: string;
}

export function codeAndMessage(error: unknown): Told {
  if (isWardlineError(error)) return { code: error.code, message: error.message };
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== "string") return { code: "cli/unexpected", message: String(message ?? error) };
  return { code: code.includes("/") ? code : `cli/${code.toLowerCase()}`, message: String(message ?? error) };
}
