/** Checkpoints, https://c2sp.org/tlog-checkpoint: a signed note that says how long a log is and what its root is. */
import { WardlineError, base64, unbase64 } from "../encoding/index.ts";
import { openNote, signNote, type NoteKey, type NoteSigner } from "./note.ts";
import { HASH_BYTES } from "./tree.ts";

/** A log at one length. */
export interface Checkpoint {
  /** Which log: see `logOrigin`. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** Root hash, 32 bytes. */
  readonly root: Uint8Array;
}

/** A checkpoint together with the signed note that states it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly text: string;
}

/**
 * The name of a member's log: a log is one federation's, one member's and one epoch's, so that a checkpoint of one never
 * passes for another's. Ids are lower-case hexadecimal.
 */
export function logOrigin(federationId: string, memberId: string, epoch: number): string {
  return `wardline/${federationId}/${memberId}/${epoch}`;
}

/** The three lines that are signed. @throws `log/malformed-checkpoint` for what no checkpoint can say. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (
    origin === "" ||
    origin.includes("\n") ||
    !Number.isSafeInteger(size) ||
    size < 0 ||
    root.length !== HASH_BYTES
  ) {
    throw malformed();
  }
  return `${origin}\n${size}\n${base64(root)}\n`;
}

/** Signs a checkpoint with the log's key, whose name is the origin. */
export function signCheckpoint(
  checkpoint: Checkpoint,
  key: { seed: Uint8Array; public: Uint8Array },
): SignedCheckpoint {
  const signer: NoteSigner = { name: checkpoint.origin, public: key.public, seed: key.seed };
  return { ...checkpoint, text: signNote(formatCheckpoint(checkpoint), [signer]) };
}

/**
 * Checks the signatures, then reads. Extension lines are refused: nothing that we read may be unseen by monitors.
 * @throws as `openNote`, and `log/malformed-checkpoint`.
 */
export function openCheckpoint(
  text: string,
  keys: readonly NoteKey[],
): SignedCheckpoint & { signers: readonly NoteKey[] } {
  const note = openNote(text, keys);
  const [origin, length, encodedRoot, ...more] = note.text.split("\n").slice(0, -1);
  if (!origin || !length || !encodedRoot || more.length > 0 || !/^(0|[1-9]\d{0,15})$/.test(length))
    throw malformed();
  const size = Number(length);
  const root = readRoot(encodedRoot);
  if (!Number.isSafeInteger(size)) throw malformed();
  return { origin, size, root, text, signers: note.signers };
}

function readRoot(encoded: string): Uint8Array {
  try {
    const root = unbase64(encoded);
    if (root.length === HASH_BYTES) return root;
  } catch {
    // falls through to the one refusal
  }
  throw malformed();
}

function malformed(): WardlineError {
  return new WardlineError(
    "log/malformed-checkpoint",
    "A checkpoint is not of the form: origin, size, root.",
  );
}
