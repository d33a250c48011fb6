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
