/** The stable code with which an action is refused; `undefined` when it succeeds. Other errors are failures and pass through. */
import { isWardlineError } from "@wardline/protocol/encoding";

export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (isWardlineError(error)) return error.code;
    throw error;
  }
  return undefined;
}

/** The error itself; fails when there is none. */
export function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
}

/** A value that the test's own data guarantees. */
export function given<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new Error("the test's data lacks a value that it counts on");
}
