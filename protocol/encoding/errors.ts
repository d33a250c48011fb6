/**
 * The one error type of Wardline. `code` is stable and part of the interface (`room/what-happened`);
 * the message and the advice are for people, `details` for machines.
 */
export interface WardlineErrorOptions {
  /** What the reader can do about it. */
  advice?: string;
  /** Facts that explain the error; never content, names or addresses. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

export class WardlineError extends Error {
  override readonly name = "WardlineError";
  readonly code: string;
  readonly advice: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, options: WardlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
    this.details = options.details ?? {};
  }
}

/** Tells our errors from others, and one code from another; with `code` ending in `/`, a whole room's. */
export function isWardlineError(error: unknown, code?: string): error is WardlineError {
  if (!(error instanceof WardlineError)) return false;
  if (code === undefined) return true;
  return code.endsWith("/") ? error.code.startsWith(code) : error.code === code;
}
