/**
 * The log's keys of the past. Each was handed over to the next one with a last checkpoint that both signed; the ledger goes
 * on under the new key, and must hold everything that those checkpoints cover.
 */
import { equalBytes, text } from "@wardline/protocol/encoding";
import { openCheckpoint, type Checkpoint } from "@wardline/protocol/log";
import { checkSuccessor, decodeFile, readSuccessor } from "@wardline/protocol/roster";

export interface FormerLogKey {
  /** Ed25519, 32 bytes. */
  readonly public: Uint8Array;
  /** What the log was when this key ended. */
  readonly final: Checkpoint;
  /** The key that followed, 32 bytes. */
  readonly next: Uint8Array;
}

/**
 * Reads the log's handovers out of a keyring's notes, oldest first. Throws what `checkSuccessor` throws for one that the
 * two keys have not signed.
 */
export function formerLogKeys(handovers: readonly Uint8Array[]): FormerLogKey[] {
  return handovers.flatMap((bytes) => {
    const note = readSuccessor(decodeFile(bytes).bytes);
    if (note.role !== "log") return [];
    checkSuccessor(note, [note.old]);
    const checkpoint = text(note.handover.checkpoint);
    const name = checkpoint.slice(0, checkpoint.indexOf("\n"));
    const final = openCheckpoint(checkpoint, [{ name, public: note.old }]);
    return [{ public: note.old, final, next: note.next.public }];
  });
}

/** Whether each key was followed by the next one, and the last by the present one. */
export function isUnbroken(former: readonly FormerLogKey[], present: Uint8Array): boolean {
  return former.every(({ next }, at) => equalBytes(next, former[at + 1]?.public ?? present));
}
