/** Verifying what the ledger says about one subject, as a list of checks that a person can read. */
import { equalBytes, hex } from "@wardline/protocol/encoding";
import {
  formatCheckpoint,
  inclusionProof,
  leafHash,
  openCheckpoint,
  rootFrom,
  verifyInclusion,
  type NoteKey,
  type SignedCheckpoint,
} from "@wardline/protocol/log";
import { isWardlineError, type WardlineError } from "@wardline/protocol/encoding";
import type { Reader } from "../store/index.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import { isUnbroken, type FormerLogKey } from "./former-keys.ts";
import { compare, missingFrom } from "./open.ts";
import { leavesOf, readEntry, type LedgerEntry, type ReadEntry } from "./reading.ts";
import { hashReader, type StoredLeaf } from "./records.ts";

/** One check. */
export interface Check {
  /** Stable: `not-rolled-back`, `signature`, `handovers` (once the log key has changed), `tree`, `inclusion` or `content`. */
  readonly name: string;
  readonly passed: boolean;
  /** What was found, in one sentence. */
  readonly detail: string;
}

export interface Verification {
  /** All checks passed. */
  readonly verified: boolean;
  readonly checks: Check[];
  /** Oldest first, each with whether the checkpoint's tree includes it. */
  readonly entries: (LedgerEntry & { readonly included: boolean })[];
  /** What the proofs lead to; the root in hexadecimal, the text as signed (empty when there is none). */
  readonly checkpoint: { origin: string; size: number; root: string; text: string };
}

interface Verified extends ReadEntry {
  readonly included: boolean;
}

/** Verifies everything about a subject against `checkpoint`, the newest there is. */
export async function verifySubject(options: {
  subject: string;
  reader: Reader;
  file: CheckpointFile;
  key: NoteKey;
  former: readonly FormerLogKey[];
  size: number;
  checkpoint: SignedCheckpoint;
  problem: WardlineError | undefined;
}): Promise<Verification> {
  const { subject, reader, checkpoint } = options;
  const { found, unreadable } = await collect(subject, reader, checkpoint);
  const checks = [
    await notRolledBack(options),
    signature(options),
    ...(options.former.length > 0 ? [await handovers(options)] : []),
    await tree(options),
    inclusion(found, checkpoint),
    content(found, unreadable),
  ];
  return {
    verified: checks.every(({ passed }) => passed),
    checks,
    entries: found.map(({ entry, included }) => ({ ...entry, included })),
    checkpoint: { ...checkpoint, root: hex(checkpoint.root) },
  };
}

/** All that can be read about a subject, as far as the checkpoint reaches; a leaf that the store refuses ends the list. */
async function collect(
  subject: string,
  reader: Reader,
  checkpoint: SignedCheckpoint,
): Promise<{ found: Verified[]; unreadable: boolean }> {
  const found: Verified[] = [];
  try {
    for await (const leaf of leavesOf(reader, subject)) {
      // Written since this checkpoint was signed, while we read: the next one covers it.
      if (leaf.index >= checkpoint.size) break;
      found.push({
        ...(await readEntry(reader, leaf)),
        included: await isIncluded(leaf, checkpoint, reader),
      });
    }
    return { found, unreadable: false };
  } catch (error) {
    if (isWardlineError(error, "store/")) return { found, unreadable: true };
    throw error;
  }
}

async function isIncluded(
  leaf: StoredLeaf,
  { size, root }: SignedCheckpoint,
  reader: Reader,
): Promise<boolean> {
  if (leaf.index >= size) return false;
  const proof = await orUndefined(inclusionProof(leaf.index, size, hashReader(reader)));
  if (proof === undefined) return false;
  return verifyInclusion({ index: leaf.index, size, leafHash: leafHash(leaf.commitment), proof, root });
}

async function notRolledBack(options: {
  reader: Reader;
  file: CheckpointFile;
  size: number;
  problem: WardlineError | undefined;
}): Promise<Check> {
  const name = "not-rolled-back";
  if (options.problem) return { name, passed: false, detail: options.problem.message };
  try {
    const kept = await options.file.read();
    const problem = await compare(options.size, kept, options.reader);
    if (problem) return { name, passed: false, detail: problem.message };
    const detail = `All ${plural(kept.size, "entry", "entries")} that the checkpoint kept outside the store covers are here, unchanged.`;
    return { name, passed: true, detail };
  } catch (error) {
    return { name, passed: false, detail: messageOf(error) };
  }
}

function signature({ checkpoint, key }: { checkpoint: SignedCheckpoint; key: NoteKey }): Check {
  const name = "signature";
  try {
    const opened = openCheckpoint(checkpoint.text, [key]);
    const passed = formatCheckpoint(opened) === formatCheckpoint(checkpoint);
    const detail = `The checkpoint over ${plural(checkpoint.size, "entry", "entries")} is signed by this node's log key.`;
    return { name, passed, detail: passed ? detail : "The signed checkpoint is not the one that was used." };
  } catch (error) {
    return {
      name,
      passed: false,
      detail: `The checkpoint is not signed by this node's log key: ${messageOf(error)}`,
    };
  }
}

/** That each former key and its successor signed was checked when the ledger was opened. */
async function handovers({
  former,
  key,
  size,
  reader,
}: {
  former: readonly FormerLogKey[];
  key: NoteKey;
  size: number;
  reader: Reader;
}): Promise<Check> {
  const name = "handovers";
  if (!isUnbroken(former, key.public)) {
    return { name, passed: false, detail: "A former log key was not followed by the next one." };
  }
  const problem = await orUndefined(
    missingFrom(former, { origin: key.name, size }, reader).then((found) => found ?? "none"),
  );
  const changed = `The log key was changed ${former.length === 1 ? "once" : `${former.length} times`}`;
  if (problem === "none") {
    const detail = `${changed}; the old and the new key signed what the log was then, and all of that is here, unchanged.`;
    return { name, passed: true, detail };
  }
  return { name, passed: false, detail: `${changed}, and what the log was then is not all here.` };
}

async function tree({
  checkpoint,
  reader,
}: {
  checkpoint: SignedCheckpoint;
  reader: Reader;
}): Promise<Check> {
  const root = await orUndefined(rootFrom(checkpoint.size, hashReader(reader)));
  const passed = root !== undefined && equalBytes(root, checkpoint.root);
  const detail = passed
    ? "The hash tree over all entries has the root that the checkpoint states."
    : "The hash tree over all entries does not have the root that the checkpoint states.";
  return { name: "tree", passed, detail };
}

function inclusion(found: readonly Verified[], { size }: SignedCheckpoint): Check {
  const outside = found.filter(({ included }) => !included).map(({ entry }) => entry.index);
  const detail =
    outside.length === 0
      ? `Each of the ${plural(found.length, "entry", "entries")} about this is proved to stand among the ${size} in the tree.`
      : `Not proved to stand in the tree: ${numbered(outside)}.`;
  return { name: "inclusion", passed: outside.length === 0, detail };
}

function content(found: readonly Verified[], unreadable: boolean): Check {
  if (unreadable) {
    const detail = `An entry about this cannot be read; only the ${found.length} before it are shown.`;
    return { name: "content", passed: false, detail };
  }
  const altered = found.filter((one) => one.content === "altered").map(({ entry }) => entry.index);
  const erased = found.filter((one) => one.content === "erased").length;
  if (altered.length > 0) {
    return {
      name: "content",
      passed: false,
      detail: `Altered or missing since it was written: ${numbered(altered)}.`,
    };
  }
  const whole = `The content of ${plural(found.length - erased, "entry is", "entries is")} exactly what was written at the time`;
  const rest = erased === 0 ? "." : `; ${erased} more were erased, and their places in the tree are kept.`;
  return { name: "content", passed: true, detail: whole + rest };
}

/** Hashes that cannot be read are a failed check, not an error. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isWardlineError(error)) return undefined;
    throw error;
  }
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function numbered(indexes: readonly number[]): string {
  return indexes.length === 1 ? `entry ${indexes[0]}` : `entries ${indexes.join(", ")}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
