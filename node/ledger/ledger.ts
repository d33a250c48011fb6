/**
 * The ledger: what happened, in order, for ever. An RFC 6962 tree over salted commitments; the content lies beside it and
 * can be erased without breaking a proof.
 *
 *   append    entries → commitments → leaves, hashes on the tree's right edge (kept in memory) → operations for one batch
 *   applied   batch on disk → head moves → checkpoint signed → checkpoint file on disk → now it may be acknowledged
 *
 * The tree is never read back for appending: the edge, at most 53 hashes, is enough. One checkpoint per batch.
 */
import { WardlineError, concat, hex, type Random } from "@wardline/protocol/encoding";
import {
  edgeAfter,
  emptyRoot,
  inclusionProof,
  leafHash,
  rootOfEdge,
  signCheckpoint,
  storedHashesForAppend,
  type SignedCheckpoint,
} from "@wardline/protocol/log";
import { putting, type Collection, type Key, type Operation, type Reader } from "../store/index.ts";
import type { LedgerAppender, NewEntry, PreparedAppend } from "./appender.ts";
import { checkpointFile } from "./checkpoint-file.ts";
import type { FormerLogKey } from "./former-keys.ts";
import { findLedger, missingFrom, type Found } from "./open.ts";
import { entriesOf, type LedgerEntry } from "./reading.ts";
import { commitTo, entries, erasures, hashReader, heads, leaves } from "./records.ts";
import { verifySubject, type Verification } from "./verify.ts";

/** Shows a third party that an entry stands in the log; it opens with the entry's salt and content. */
export interface EntryProof {
  readonly index: number;
  /** Lower-case hexadecimal, as all hashes here. */
  readonly commitment: string;
  /** From the leaf upwards, to the root of `checkpoint`. */
  readonly proof: readonly string[];
  /** The signed note. */
  readonly checkpoint: string;
  /** What the commitment is over: the exact bytes, and the salt. Not there once the content was erased. */
  readonly opening?: { readonly content: Uint8Array; readonly salt: string };
}

/** What erasing needs of a unit of work. */
export interface ErasingUnit extends Reader {
  readonly now: number;
  put<T>(collection: Collection<T>, key: Key, value: T): void;
  delete<T>(collection: Collection<T>, key: Key): void;
  record(entry: NewEntry): void;
}

export interface Ledger extends LedgerAppender {
  /** How many entries there are, those on disk only. */
  readonly size: number;
  /** Why nothing can be appended, if so: `ledger/rolled-back`, `/rewritten`, `/damaged`, `/checkpoint-missing`, `/checkpoint-damaged`, `/another-log`. */
  readonly problem: WardlineError | undefined;
  /** The newest checkpoint; with a problem, the one that the file holds, or an unsigned one of length 0. */
  checkpoint(): SignedCheckpoint;
  /** Entries about a subject, oldest first. @throws `ledger/damaged` */
  ofSubject(reader: Reader, subject: string): AsyncIterable<LedgerEntry>;
  /** Proof to the newest checkpoint, or to `at`, an earlier one of this log. @throws `ledger/no-such-entry`, `ledger/damaged` */
  prove(index: number, at?: SignedCheckpoint): Promise<EntryProof>;
  /** Checks everything that the ledger says about a subject. Never throws for what it finds. */
  verify(subject: string): Promise<Verification>;
  /**
   * Erases an entry's content inside a unit of work; its leaf, its subjects and all proofs stay. Recorded as `ledger.erased`.
   * @throws `ledger/no-such-entry`
   */
  erase(unit: ErasingUnit, erasure: { index: number; reason: string; actor: string }): Promise<void>;
}

/** Opens the ledger. Whatever is wrong with it shows in `problem`, and it is only read then. */
export async function openLedger(options: {
  reader: Reader;
  /** Path; best on another disk than the store. */
  checkpointFile: string;
  /** `logOrigin` of federation, member and epoch. */
  origin: string;
  /** The node's log key. */
  key: { seed: Uint8Array; public: Uint8Array };
  /** The keys before it, oldest first. */
  former?: readonly FormerLogKey[];
  random: Random;
  /** A new node: the first checkpoint is written if the ledger is empty and there is none. */
  create?: boolean;
}): Promise<Ledger> {
  const { reader, origin, random, former = [], create = false } = options;
  const key = { name: origin, public: options.key.public };
  const file = checkpointFile(options.checkpointFile, key, former);
  const found = await heldAgainst(former, origin, reader, await findLedger({ reader, file, origin, create }));
  const sign = (size: number, root: Uint8Array) => signCheckpoint({ origin, size, root }, options.key);

  let { size, edge } = found;
  let checkpoint = found.problem
    ? (found.checkpoint ?? { origin, size: 0, root: emptyRoot(), text: "" })
    : sign(size, rootOfEdge(edge));
  if (!found.problem && found.checkpoint?.text !== checkpoint.text) await file.write(checkpoint);

  function append(added: readonly NewEntry[], now: number): PreparedAppend {
    if (found.problem) throw found.problem;
    const first = size;
    const operations: Operation[] = [];
    let next = edge;
    added.forEach((entry, at) => {
      const index = first + at;
      const { stored, commitment } = commitTo(entry, now, random);
      const hashes = storedHashesForAppend(index, leafHash(commitment), next);
      next = edgeAfter(next, hashes);
      const leaf = { index, commitment, hashes: concat(...hashes), subject: entry.subject };
      operations.push(putting(entries, [index], stored), putting(leaves, [index], leaf));
    });
    const length = first + added.length;
    operations.push(putting(heads, [], { origin, size: length }));
    return {
      firstIndex: first,
      operations,
      async applied() {
        if (size !== first)
          throw new WardlineError("ledger/out-of-turn", "Entries were appended in between.");
        size = length;
        edge = next;
        checkpoint = sign(length, rootOfEdge(next));
        await file.write(checkpoint);
      },
    };
  }

  async function prove(index: number, at = checkpoint): Promise<EntryProof> {
    const { size: length, text } = at;
    const leaf = Number.isSafeInteger(index) && index < length ? await reader.get(leaves, index) : undefined;
    if (leaf === undefined) throw noSuchEntry(index);
    const proof = await inclusionProof(index, length, hashReader(reader));
    const stored = await reader.get(entries, index);
    const opening = stored && { content: stored.content, salt: hex(stored.salt) };
    const shown = { index, commitment: hex(leaf.commitment), proof: proof.map(hex), checkpoint: text };
    return { ...shown, ...(opening && { opening }) };
  }

  async function erase(
    unit: ErasingUnit,
    { index, reason, actor }: { index: number; reason: string; actor: string },
  ): Promise<void> {
    const leaf = await unit.get(leaves, index);
    if (leaf === undefined) throw noSuchEntry(index);
    unit.delete(entries, [index]);
    unit.put(erasures, [index], { at: unit.now, reason });
    unit.record({ kind: "ledger.erased", subject: leaf.subject, actor, detail: { index, reason } });
  }

  return {
    get size() {
      return size;
    },
    problem: found.problem,
    checkpoint: () => checkpoint,
    append,
    ofSubject: entriesOf,
    prove,
    verify: (subject) =>
      verifySubject({ subject, reader, file, key, former, size, checkpoint, problem: found.problem }),
    erase,
  };
}

/** A store that lacks what a former key's last checkpoint covers was rolled back or rewritten, whatever the file says. */
async function heldAgainst(
  former: readonly FormerLogKey[],
  origin: string,
  reader: Reader,
  found: Found,
): Promise<Found> {
  if (found.problem) return found;
  const problem = await missingFrom(former, { origin, size: found.size }, reader);
  return problem ? { ...found, problem } : found;
}

function noSuchEntry(index: number): WardlineError {
  return new WardlineError("ledger/no-such-entry", "The ledger has no entry of this number.", {
    details: { index },
  });
}
