/** What the worker does, as plain functions of files. */
import type { Rows } from "./rows.ts";
import type { RunName } from "./runs.ts";
import { writeMerged } from "./merging.ts";
import { writeSorted } from "./sorting.ts";
import { createRunCursor, createRunWriter } from "./writing.ts";

export type Work =
  | { readonly does: "sort"; readonly into: string; readonly rows: Rows }
  | {
      readonly does: "merge";
      readonly into: string;
      /** Newest first. */
      readonly runs: readonly RunName[];
      readonly forget: boolean;
    };

/** Writes one run; returns its rows. Error: `hashing/index-damaged`. */
export function doWork(folder: string, secret: Uint8Array, work: Work): number {
  const writer = createRunWriter(folder, secret, work.into);
  if (work.does === "sort") writeSorted(work.rows, writer);
  else {
    const cursors = work.runs.map((run) => createRunCursor(folder, secret, run));
    writeMerged(cursors, writer, work.forget);
  }
  return writer.finish();
}
