/** Entries that repeat with their number; free of the test runner, so that children can use it. */
import { createHash } from "node:crypto";
import type { DigestKind, ExactEntry } from "@wardline/hashing/exact";

export const key = Uint8Array.from({ length: 32 }, (_, at) => at);
/** So little that tables fill, and runs are written and merged, with some thousand entries. */
export const LITTLE = 1;

export const digestOf = (kind: DigestKind, number: number): Buffer =>
  createHash(kind).update(`digest ${number}`).digest();

export const recordOf = (number: number): Buffer => createHash("md5").update(`record ${number}`).digest();

export function entryOf(number: number, kind: DigestKind = "sha256"): ExactEntry {
  return { kind, digest: digestOf(kind, number), record: recordOf(number) };
}

export const entriesOf = (from: number, to: number): ExactEntry[] =>
  Array.from({ length: to - from }, (_, at) => entryOf(from + at));

/** The entry that the child takes away when it adds this one: every fifth, when there are twice as many. */
export const removedBy = (number: number): number | undefined =>
  number > 0 && number % 10 === 0 ? number / 2 : undefined;
