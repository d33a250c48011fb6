/**
 * An error of the hashing workspace. Same fields as the errors of the other workspaces, so that one mapper serves all:
 * a stable `code`, what happened, and what to do about it.
 */
export class HashingError extends Error {
  override readonly name = "HashingError";
  readonly code: string;
  readonly advice: string | undefined;

  constructor(code: string, message: string, advice?: string) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}
