/**
 * Inclusion and consistency proofs, RFC 6962, sections 2.1.1 and 2.1.2.
 *
 * A proof is a list of ranges of leaves, each standing for one hash. The prover's half names the ranges (a pure
 * function of sizes); the hashes come from stored ones. The verifier's half walks the same splits with the proof in hand.
 */
import { WardlineError, equalBytes } from "../encoding/index.ts";
import {
  HASH_BYTES,
  emptyRoot,
  nodeHash,
  rootOf,
  rootOfEdge,
  splitOf,
  subtreePositions,
  type Range,
  type ReadHashes,
} from "./tree.ts";

/**
 * The hashes that lead from leaf `index` to the root of the first `size` leaves, from the leaf upwards.
 * @throws `log/out-of-range` unless 0 ≤ index < size.
 */
export async function inclusionProof(index: number, size: number, read: ReadHashes): Promise<Uint8Array[]> {
  return hashesOf(inclusionRanges(index, size), read);
}

/** `inclusionProof` over leaf hashes that are all in memory, for lists of a few thousand. */
export function inclusionProofIn(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  return inclusionRanges(index, leaves.length).map(({ from, to }) => rootOf(leaves.slice(from, to)));
}

/**
 * The hashes that show that the first `oldSize` leaves of a log of `size` are what they were.
 * @throws `log/out-of-range` unless 0 ≤ oldSize ≤ size.
 */
export async function consistencyProof(
  oldSize: number,
  size: number,
  read: ReadHashes,
): Promise<Uint8Array[]> {
  refuseOutside(Number.isSafeInteger(oldSize) && oldSize >= 0 && oldSize <= size);
  if (oldSize === 0 || oldSize === size) return [];
  return hashesOf(consistencyRanges({ from: 0, to: size }, oldSize), read);
}

/** Whether the proof leads from this leaf at this index to this root. Never throws. */
export function verifyInclusion(claim: {
  index: number;
  size: number;
  leafHash: Uint8Array;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  const { index, size, proof } = claim;
  if (!inRange(index, size) || !proof.every(isHash) || !isHash(claim.leafHash)) return false;
  const root = climb({ from: 0, to: size }, index, claim.leafHash, proof);
  return root !== undefined && equalBytes(root, claim.root);
}

/** Whether the proof shows that the log with `root` begins with the log with `oldRoot`. Never throws. */
export function verifyConsistency(claim: {
  oldSize: number;
  size: number;
  oldRoot: Uint8Array;
  root: Uint8Array;
  proof: readonly Uint8Array[];
}): boolean {
  const { oldSize, size, oldRoot, root, proof } = claim;
  if (![oldSize, size].every((n) => Number.isSafeInteger(n) && n >= 0) || oldSize > size) return false;
  if (!proof.every(isHash)) return false;
  if (oldSize === size) return proof.length === 0 && equalBytes(oldRoot, root);
  if (oldSize === 0) return proof.length === 0 && equalBytes(oldRoot, emptyRoot());
  const roots = climbBoth({ from: 0, to: size }, oldSize, oldRoot, proof);
  return roots !== undefined && equalBytes(roots.old, oldRoot) && equalBytes(roots.whole, root);
}

/** The sibling ranges on the way from leaf `index` up to the root. */
function inclusionRanges(index: number, size: number): Range[] {
  refuseOutside(inRange(index, size));
  const downwards: Range[] = [];
  let { from, to }: Range = { from: 0, to: size };
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    const left = index < middle;
    downwards.push(left ? { from: middle, to } : { from, to: middle });
    [from, to] = left ? [from, middle] : [middle, to];
  }
  return downwards.reverse();
}

/** RFC 6962's SUBPROOF as ranges: the old tree's rightmost complete subtree, then siblings upwards. */
function consistencyRanges(range: Range, oldSize: number): Range[] {
  if (range.to === oldSize) return range.from === 0 ? [] : [range];
  const middle = range.from + splitOf(range.to - range.from);
  const left = { from: range.from, to: middle };
  const right = { from: middle, to: range.to };
  return oldSize <= middle
    ? [...consistencyRanges(left, oldSize), right]
    : [...consistencyRanges(right, oldSize), left];
}

/** The root that the proof gives, or undefined when it has too few or too many hashes. */
function climb(
  range: Range,
  index: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (range.to - range.from === 1) return proof.length === 0 ? leaf : undefined;
  const sibling = proof.at(-1);
  if (sibling === undefined) return undefined;
  const middle = range.from + splitOf(range.to - range.from);
  const rest = proof.slice(0, -1);
  if (index < middle) {
    const left = climb({ from: range.from, to: middle }, index, leaf, rest);
    return left && nodeHash(left, sibling);
  }
  const right = climb({ from: middle, to: range.to }, index, leaf, rest);
  return right && nodeHash(sibling, right);
}

interface BothRoots {
  old: Uint8Array;
  whole: Uint8Array;
}

/** The old and the whole root that the proof gives, or undefined when it has too few or too many hashes. */
function climbBoth(
  range: Range,
  oldSize: number,
  oldRoot: Uint8Array,
  proof: readonly Uint8Array[],
): BothRoots | undefined {
  if (range.to === oldSize) {
    const same = range.from === 0 ? oldRoot : proof[0];
    return same && proof.length === (range.from === 0 ? 0 : 1) ? { old: same, whole: same } : undefined;
  }
  const sibling = proof.at(-1);
  if (sibling === undefined) return undefined;
  const middle = range.from + splitOf(range.to - range.from);
  const rest = proof.slice(0, -1);
  if (oldSize <= middle) {
    const left = climbBoth({ from: range.from, to: middle }, oldSize, oldRoot, rest);
    return left && { old: left.old, whole: nodeHash(left.whole, sibling) };
  }
  const right = climbBoth({ from: middle, to: range.to }, oldSize, oldRoot, rest);
  return right && { old: nodeHash(sibling, right.old), whole: nodeHash(sibling, right.whole) };
}

/** One hash for each range, from one reading of all stored hashes needed. */
async function hashesOf(ranges: readonly Range[], read: ReadHashes): Promise<Uint8Array[]> {
  const positions = ranges.map(subtreePositions);
  const hashes = await read(positions.flat());
  let at = 0;
  return positions.map((own) => rootOfEdge(hashes.slice(at, (at += own.length))));
}

function inRange(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
}

function refuseOutside(inside: boolean): void {
  if (!inside) throw new WardlineError("log/out-of-range", "The log has no such entry or size.");
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}
