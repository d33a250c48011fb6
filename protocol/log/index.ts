/**
 * Transparency log: the Merkle tree of RFC 6962 as pure functions over stored hashes, inclusion and consistency proofs,
 * and checkpoints as C2SP signed notes. Where hashes are kept is the caller's business; see node/ledger.
 */
export {
  HASH_BYTES,
  edgeAfter,
  edgePositions,
  emptyRoot,
  leafHash,
  nodeHash,
  rootFrom,
  rootOf,
  rootOfEdge,
  storedAt,
  storedCount,
  storedHashesForAppend,
  storedPosition,
  type ReadHashes,
} from "./tree.ts";
export {
  consistencyProof,
  inclusionProof,
  inclusionProofIn,
  verifyConsistency,
  verifyInclusion,
} from "./proofs.ts";
export {
  noteKeyId,
  noteText,
  openNote,
  signNote,
  type NoteKey,
  type NoteSigner,
  type OpenedNote,
} from "./note.ts";
export {
  formatCheckpoint,
  logOrigin,
  openCheckpoint,
  signCheckpoint,
  type Checkpoint,
  type SignedCheckpoint,
} from "./checkpoint.ts";
