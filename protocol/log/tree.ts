/**
 * The Merkle tree of RFC 6962, section 2.1, as pure functions over stored hashes, after the way of Go's tlog.
 *
 * A log of n leaves stores every complete subtree's hash once: `storedHashesForAppend` names those that a new leaf
 * completes. A stored hash is (level, index): level 0 are the leaves, (level, i) covers the leaves from i·2^level on.
 * They have one linear order, the order in which they become known; `storedPosition` is a hash's place in it.
 * Any root and any proof is put together from O(log n) of them, without the leaves.
 */
import { sha256 } from "../encoding/index.ts";

/** Length of every hash in a tree. */
export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Reads stored hashes by position, in the order asked. */
export type ReadHashes = (
  positions: readonly number[],
) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;

/** The leaves from `from` up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** SHA-256(0x00 ‖ data): what stands at the bottom of the tree for one entry. */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** The root of the tree without leaves: SHA-256 of nothing. */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array());
}

/** The place of hash (level, index) in the order of storing. */
export function storedPosition(level: number, index: number): number {
  let leaf = index;
  for (let at = 0; at < level; at++) leaf = leaf * 2 + 1;
  return storedCount(leaf) + level;
}

/** How many hashes a log of `size` leaves stores. */
export function storedCount(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest;
  return count;
}

/** The hash at a place in the order of storing: the leaf whose appending stored it, and its level. */
export function storedAt(position: number): { leaf: number; level: number } {
  // storedCount(n) is between 2n - log2(n) - 1 and 2n, so the leaf is found at once, or a few steps on.
  let leaf = Math.floor(position / 2);
  while (storedCount(leaf + 1) <= position) leaf++;
  return { leaf, level: position - storedCount(leaf) };
}

/**
 * The hashes that leaf number `size` adds to a log of `size` leaves, in order of storing: its own, then that of every
 * subtree it completes. `edge` are the hashes of the complete subtrees of the log so far (`edgePositions`).
 */
export function storedHashesForAppend(
  size: number,
  leaf: Uint8Array,
  edge: readonly Uint8Array[],
): Uint8Array[] {
  const added = [leaf];
  let rest = size;
  for (let at = edge.length - 1; rest % 2 === 1; at--) {
    added.push(nodeHash(edge[at] as Uint8Array, added.at(-1) as Uint8Array));
    rest = Math.floor(rest / 2);
  }
  return added;
}

/** The edge after an append: the subtrees that `added` completed give way to the largest of them. */
export function edgeAfter(edge: readonly Uint8Array[], added: readonly Uint8Array[]): Uint8Array[] {
  return [...edge.slice(0, edge.length - (added.length - 1)), added.at(-1) as Uint8Array];
}

/** Positions of the complete subtrees that a log of `size` leaves consists of, the largest first. */
export function edgePositions(size: number): number[] {
  return subtreePositions({ from: 0, to: size });
}

/** The root over an edge, which is folded from the right. */
export function rootOfEdge(edge: readonly Uint8Array[]): Uint8Array {
  return edge.length === 0 ? emptyRoot() : edge.reduceRight((right, left) => nodeHash(left, right));
}

/** The root of the first `size` leaves. */
export async function rootFrom(size: number, read: ReadHashes): Promise<Uint8Array> {
  return rootOfEdge(await read(edgePositions(size)));
}

/**
 * The root over leaf hashes that are all in memory, for lists of a few thousand.
 * Equal to `rootFrom` over a log of the same leaves.
 */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  let edge: Uint8Array[] = [];
  leaves.forEach((leaf, size) => {
    edge = edgeAfter(edge, storedHashesForAppend(size, leaf, edge));
  });
  return rootOfEdge(edge);
}

/** Positions of the complete subtrees that make up a range as RFC 6962 splits it; `from` is a multiple of each one's width. */
export function subtreePositions(range: Range): number[] {
  const positions: number[] = [];
  for (let from = range.from; from < range.to;) {
    const level = Math.floor(Math.log2(range.to - from));
    const width = 2 ** level;
    positions.push(storedPosition(level, from / width));
    from += width;
  }
  return positions;
}

/** The largest power of two smaller than `size`, where RFC 6962 splits a tree of two leaves or more. */
export function splitOf(size: number): number {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
}
