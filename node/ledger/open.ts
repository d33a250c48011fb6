/** The check at start: is this the whole ledger that was last acknowledged? */
import { WardlineError, equalBytes, isWardlineError } from "@wardline/protocol/encoding";
import { edgePositions, rootFrom, type Checkpoint, type SignedCheckpoint } from "@wardline/protocol/log";
import type { Reader } from "../store/index.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import type { FormerLogKey } from "./former-keys.ts";
import { damaged, hashReader, heads, leaves } from "./records.ts";

/** The ledger as found. With a problem it is only read. */
export interface Found {
  readonly size: number;
  /** Hashes of the complete subtrees (see protocol/log); empty when they cannot be read. */
  readonly edge: Uint8Array[];
  /** What the file says, when it can be read. */
  readonly checkpoint: SignedCheckpoint | undefined;
  readonly problem: WardlineError | undefined;
}

/** Reads length and edge, and holds them against the checkpoint file. Never throws for what is wrong with the ledger. */
export async function findLedger(options: {
  reader: Reader;
  file: CheckpointFile;
  origin: string;
  /** A new node: no checkpoint was ever written. */
  create: boolean;
}): Promise<Found> {
  const { reader, file, origin, create } = options;
  let size = 0;
  let checkpoint: SignedCheckpoint | undefined;
  try {
    size = await lengthOf(reader, origin);
    const edge = [...(await hashReader(reader)(edgePositions(size)))];
    if (create && size === 0 && !(await file.exists())) return { size, edge, checkpoint, problem: undefined };
    const renewed = (await reader.get(heads))?.renewed === true;
    checkpoint = await file.read().catch((error: unknown) => {
      if (!renewed) throw error;
      return undefined;
    });
    if (!checkpoint) return { size, edge, checkpoint, problem: undefined };
    return { size, edge, checkpoint, problem: await compare(size, checkpoint, reader) };
  } catch (error) {
    const known = isWardlineError(error, "ledger/") || isWardlineError(error, "store/");
    if (!known) throw error;
    const problem = isWardlineError(error, "ledger/") ? error : damaged("The ledger cannot be read.", error);
    checkpoint ??= await file.read().catch(() => undefined);
    return { size, edge: [], checkpoint, problem };
  }
}

async function lengthOf(reader: Reader, origin: string): Promise<number> {
  const head = await reader.get(heads);
  const size = head?.size ?? 0;
  if (head && head.origin !== origin) {
    throw new WardlineError(
      "ledger/another-log",
      "The ledger in the store is another node's, or of another epoch.",
      {
        advice: "See that the data folder belongs to this node.",
        details: { stored: head.origin, expected: origin },
      },
    );
  }
  const last = await Array.fromAsync(reader.list(leaves, { reverse: true, limit: 1 }));
  if ((last[0]?.value.index ?? -1) !== size - 1)
    throw damaged("The ledger's length is not that of its entries.");
  return size;
}

/** What is wrong beside the last checkpoints of former keys, if anything. An earlier epoch's log is not this one. */
export async function missingFrom(
  former: readonly FormerLogKey[],
  { origin, size }: Pick<Checkpoint, "origin" | "size">,
  reader: Reader,
): Promise<WardlineError | undefined> {
  for (const { final } of former) {
    const problem = final.origin === origin ? await compare(size, final, reader) : undefined;
    if (problem) return problem;
  }
  return undefined;
}

/** What is wrong with a ledger of this length beside this checkpoint, if anything. */
export async function compare(
  size: number,
  checkpoint: Checkpoint,
  reader: Reader,
): Promise<WardlineError | undefined> {
  if (size < checkpoint.size) {
    return new WardlineError("ledger/rolled-back", rolledBackSentence(size, checkpoint.size), {
      advice:
        "An older copy of the data folder was put in place, or entries were lost. Keep a copy of it, and restore the newest one. Until then this node only shows what it has.",
      details: { stored: size, acknowledged: checkpoint.size },
    });
  }
  const root = await rootFrom(checkpoint.size, hashReader(reader));
  if (equalBytes(root, checkpoint.root)) return undefined;
  return new WardlineError(
    "ledger/rewritten",
    "The ledger's entries are not those that its checkpoint covers.",
    {
      advice: "Keep a copy of the data folder: it is evidence. Restore the newest backup.",
      details: { acknowledged: checkpoint.size },
    },
  );
}

function rolledBackSentence(stored: number, acknowledged: number): string {
  return `The ledger has ${stored} entries, but ${acknowledged} were acknowledged before.`;
}
