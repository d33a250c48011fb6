/** What is said about a database file that is not as it was written. */
import { WardlineError } from "@wardline/protocol/encoding";

export function damagedFile(name: string, cause?: unknown): WardlineError {
  return new WardlineError("store/damaged", `The file ${name} of the store is damaged or missing.`, {
    advice:
      "Nothing was changed. Copy the data folder before anything else; then restore the store from a backup, and look at the disk.",
    details: { file: name },
    ...(cause === undefined ? {} : { cause }),
  });
}
