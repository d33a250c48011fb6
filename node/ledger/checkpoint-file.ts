/**
 * The checkpoint outside the store: what the ledger was at its longest. A store that is behind it was rolled back, by
 * damage or by hand; a store ahead of it was stopped between its batch and this file.
 *
 * Written after every batch and before anything is acknowledged: one signature (0.1 ms) and one sync, shared by all units
 * of the batch. Best kept on another disk than the store, so that an older copy of the data folder shows.
 */
import type { FormerLogKey } from "./former-keys.ts";
import { readIfExists, writeFileAtomically } from "../vault/index.ts";
import { noteText, openCheckpoint, type NoteKey, type SignedCheckpoint } from "@wardline/protocol/log";
import { WardlineError, utf8 } from "@wardline/protocol/encoding";

export interface CheckpointFile {
  /** @throws `ledger/checkpoint-missing`, `ledger/checkpoint-damaged` (also for another log's) */
  read(): Promise<SignedCheckpoint>;
  exists(): Promise<boolean>;
  /** Durable when it resolves. Calls that come while one is written are done together, with the newest. */
  write(checkpoint: SignedCheckpoint): Promise<void>;
}

export function checkpointFile(
  path: string,
  key: NoteKey,
  former: readonly FormerLogKey[] = [],
): CheckpointFile {
  let newest: SignedCheckpoint | undefined;
  let writing: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  /** After a power cut the file may be an older one, but never a torn one: the store is then ahead of it, as it may be. */
  const writeNewest = () => writeFileAtomically(path, utf8(newest?.text ?? ""), { lazyName: true });

  function start(): Promise<void> {
    next = undefined;
    writing = writeNewest().finally(() => (writing = undefined));
    return writing;
  }

  return {
    async read() {
      const bytes = await readIfExists(path);
      if (bytes === undefined) throw missing();
      try {
        return openedBy(noteText(bytes), key, former);
      } catch (cause) {
        throw damagedFile(cause);
      }
    },
    exists: async () => (await readIfExists(path)) !== undefined,
    write(checkpoint) {
      newest = checkpoint;
      if (!writing) return start();
      return (next ??= writing.then(start, start));
    },
  };
}

/** A former key's checkpoint counts up to the handover: it was written before, and nothing after. */
function openedBy(text: string, key: NoteKey, former: readonly FormerLogKey[]): SignedCheckpoint {
  const keys = former.map((one) => ({ name: key.name, public: one.public }));
  const checkpoint = openCheckpoint(text, [key, ...keys]);
  if (checkpoint.signers.includes(key)) return checkpoint;
  const by = former.find((_, at) => checkpoint.signers.some((signer) => signer === keys[at]));
  if (by?.final.origin === checkpoint.origin && checkpoint.size <= by.final.size) return checkpoint;
  throw new WardlineError("log/unknown-signer", "The log's former key signed on after it was handed over.");
}

function missing(): WardlineError {
  return new WardlineError("ledger/checkpoint-missing", "The ledger's checkpoint file is missing.", {
    advice:
      "Restore it from where it is kept. Without it nobody can say whether entries were lost, so nothing is written until then.",
  });
}

function damagedFile(cause: unknown): WardlineError {
  return new WardlineError(
    "ledger/checkpoint-damaged",
    "The ledger's checkpoint file is damaged, or is not of this node's log.",
    { advice: "Restore it from where it is kept. Nothing is written until then.", cause },
  );
}
