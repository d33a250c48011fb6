/** A log in memory, and the tree built once more in the plainest way, to hold the real one against. */
import { sha256, utf8 } from "@wardline/protocol/encoding";
import { edgeAfter, leafHash, storedHashesForAppend } from "@wardline/protocol/log";

export function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => leafHash(utf8(`entry ${index}`)));
}

/** RFC 6962, section 2.1, word by word. */
export function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

export function storedLog(leaves: readonly Uint8Array[]) {
  const hashes: Uint8Array[] = [];
  let edge: Uint8Array[] = [];
  leaves.forEach((leaf, size) => {
    const added = storedHashesForAppend(size, leaf, edge);
    edge = edgeAfter(edge, added);
    hashes.push(...added);
  });
  const read = (positions: readonly number[]) => positions.map((at) => hashes[at] as Uint8Array);
  return { hashes, read };
}
