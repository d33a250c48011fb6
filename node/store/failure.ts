/** What is said when the disk refuses. */
import { WardlineError } from "@wardline/protocol/encoding";

export function failed(what: "read" | "write") {
  return (cause: unknown): never => {
    throw new WardlineError(`store/${what}-failed`, `The disk did not ${what}.`, {
      advice: "Look at free space, permissions and the health of the disk; then start the node again.",
      cause,
    });
  };
}

export function closedStore(): WardlineError {
  return new WardlineError("store/closed", "The store is closed.");
}
