/** Entries as others see them. */
import { equalBytes, hex, isWardlineError } from "@wardline/protocol/encoding";
import { blind, type Reader } from "../store/index.ts";
import {
  commitmentOf,
  contentOf,
  damaged,
  entries,
  erasures,
  leaves,
  type Erasure,
  type StoredLeaf,
} from "./records.ts";

/** One entry of the ledger. */
export interface LedgerEntry {
  /** Its place, from 0. */
  readonly index: number;
  /** Milliseconds. */
  readonly at: number;
  readonly kind: string;
  /** A member id, `person:<pseudonym>`, or `node`. */
  readonly actor: string;
  readonly subject: readonly string[];
  readonly detail: Record<string, unknown>;
  /** Opens the commitment; lower-case hexadecimal. Empty when erased. */
  readonly salt: string;
  /** What the tree holds of it; lower-case hexadecimal. */
  readonly commitment: string;
  /** Set when its content was erased: then kind is `erased`, actor `node`, detail empty, and `at` when it was erased. */
  readonly erased?: Erasure;
}

/** An entry with what was found out about its content. */
export interface ReadEntry {
  readonly entry: LedgerEntry;
  readonly content: "whole" | "erased" | "altered";
}

/** The leaves found under a subject, oldest first. */
export async function* leavesOf(
  reader: Reader,
  subject: string,
): AsyncGenerator<StoredLeaf, void, undefined> {
  for await (const { value } of reader.list(leaves, { index: "subject", prefix: [blind(subject)] }))
    yield value;
}

/** Entries about a subject, oldest first. @throws `ledger/damaged` when a content is not what was committed to. */
export async function* entriesOf(
  reader: Reader,
  subject: string,
): AsyncGenerator<LedgerEntry, void, undefined> {
  for await (const leaf of leavesOf(reader, subject)) {
    const { entry, content } = await readEntry(reader, leaf);
    if (content === "altered") throw damaged(`Entry ${leaf.index} of the ledger is not what was written.`);
    yield entry;
  }
}

/** Reads the content behind a leaf and holds it against the commitment. */
export async function readEntry(reader: Reader, leaf: StoredLeaf): Promise<ReadEntry> {
  const { index, subject } = leaf;
  const commitment = hex(leaf.commitment);
  const bare = { index, kind: "erased", actor: "node", subject, detail: {}, salt: "", commitment };
  const stored = await getOrDamaged(() => reader.get(entries, index));
  if (stored !== "damaged" && stored && equalBytes(commitmentOf(stored), leaf.commitment)) {
    const { at, kind, actor, detail, subject: named } = contentOf(stored);
    const entry = { index, at, kind, actor, subject: named, detail, salt: hex(stored.salt), commitment };
    return { entry, content: sameSubject(named, subject) ? "whole" : "altered" };
  }
  const erased = stored === undefined ? await reader.get(erasures, index) : undefined;
  if (erased) return { entry: { ...bare, at: erased.at, erased }, content: "erased" };
  return { entry: { ...bare, kind: "altered", at: 0 }, content: "altered" };
}

/** A value that the store itself refuses counts like one that does not open its commitment. */
async function getOrDamaged<T>(get: () => Promise<T>): Promise<T | "damaged"> {
  try {
    return await get();
  } catch (error) {
    if (isWardlineError(error, "store/")) return "damaged";
    throw error;
  }
}

/** The index that an entry is found by must be the one that it commits to. */
function sameSubject(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
