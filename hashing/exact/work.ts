/** What the worker does, as plain functions of files. */
import type { Rows } from "./rows.ts";
import type { RunName } from "./runs.ts";
import { writeMerged } from "./merging.ts";
import { writeSorted } from "./sorting.ts";
import { createRunCursor, createRunWriter, type RunWriter } from "./writing.ts";

export type Work = { readonly does: "sort"; readonly into: string; readonly rows: Rows } | Merge;

interface Merge {
  readonly does: "merge";
  readonly into: string;
  /** Newest first. */
  readonly runs: readonly RunName[];
  readonly forget: boolean;
}

/** Writes one run; returns its rows. After an error nothing is left of it. Error: `hashing/index-damaged`. */
export function doWork(folder: string, secret: Uint8Array, work: Work): number {
  const writer = createRunWriter(folder, secret, work.into);
  try {
    if (work.does === "sort") writeSorted(work.rows, writer);
    else mergeInto(writer, folder, secret, work);
    return writer.finish();
  } catch (error) {
    writer.drop();
    throw error;
  }
}

function mergeInto(writer: RunWriter, folder: string, secret: Uint8Array, { runs, forget }: Merge): void {
  const cursors = runs.map((run) => createRunCursor(folder, secret, run));
  try {
    writeMerged(cursors, writer, forget);
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}
