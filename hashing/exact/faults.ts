/** The errors that the index has in common, each with what to do about it. */
import { HashingError } from "../errors.ts";

/** A byte is not what was written, a file is gone, or was cut. */
export function damaged(what: string): HashingError {
  return new HashingError(
    "hashing/index-damaged",
    `The exact index is damaged: ${what}.`,
    "Empty its folder and build it again from the lists. When it happens again, check the disk.",
  );
}

export function closed(): HashingError {
  return new HashingError("hashing/index-closed", "The exact index is closed.", "Open it again.");
}

/** What the disk said about a write, or an error that has a code already. */
export function unwritten(error: unknown): HashingError {
  if (error instanceof HashingError) return error;
  return new HashingError(
    "hashing/index-write",
    `The exact index could not be written: ${error instanceof Error ? error.message : String(error)}.`,
    "Make room on the disk or repair it, then open the index again; what was acknowledged is there.",
  );
}
