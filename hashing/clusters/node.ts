/** A node: one hash with all pictures that have it. */
import type { Key } from "./types.ts";

/** A picture in the list of its node: linked, since a thousand frames of nothing share one hash, and most hashes have one. */
export interface Entry<K extends Key> {
  readonly key: K;
  readonly quality: number;
  readonly node: Node<K>;
  next: Entry<K> | undefined;
  previous: Entry<K> | undefined;
}

export interface Node<K extends Key> {
  readonly hash: string;
  /** The best of its pictures' qualities. */
  quality: number;
  pictures: number;
  first: Entry<K> | undefined;
  /** Its best picture, once somebody asked for it. */
  best: Entry<K> | undefined;
  /** Where its hash is searched; alone: nowhere, its quality is too low. */
  place: "leaders" | "members" | "alone" | "nowhere";
  slot: number;
  /** Of a member: its representative; none while that is being found again. */
  leader: Node<K> | undefined;
  /** Of a member: bits to its leader. */
  distance: number;
  /** Of a representative: the others of its group; none when it has no others. */
  members: Set<Node<K>> | undefined;
  /** Of a representative: pictures of its group. */
  size: number;
  /** Of a representative: the number of its group; of one that lost its representative: the number that may be had. */
  group: number | undefined;
  /** Waits to be settled. */
  waits: boolean;
}

export function createNode<K extends Key>(hash: string, quality: number): Node<K> {
  return {
    hash,
    quality,
    pictures: 0,
    first: undefined,
    best: undefined,
    place: "nowhere",
    slot: -1,
    leader: undefined,
    distance: 0,
    members: undefined,
    size: 0,
    group: undefined,
    waits: false,
  };
}

/** Whether `a` ranks before `b`. */
export function isStronger<K extends Key>(a: Node<K>, b: Node<K>): boolean {
  return a.quality === b.quality ? a.hash < b.hash : a.quality > b.quality;
}

export function link<K extends Key>(node: Node<K>, key: K, quality: number): Entry<K> {
  const entry: Entry<K> = { key, quality, node, next: node.first, previous: undefined };
  if (node.first) node.first.previous = entry;
  node.first = entry;
  node.best = undefined;
  node.pictures++;
  return entry;
}

export function unlink<K extends Key>({ node, next, previous }: Entry<K>): void {
  if (previous) previous.next = next;
  else node.first = next;
  if (next) next.previous = previous;
  node.best = undefined;
  node.pictures--;
}

export function* entriesOf<K extends Key>(node: Node<K>): Generator<Entry<K>> {
  for (let entry = node.first; entry; entry = entry.next) yield entry;
}

/** The best quality of its pictures, which is at most `most`. */
export function bestQuality<K extends Key>(node: Node<K>, most: number): number {
  let best = 0;
  for (const { quality } of entriesOf(node)) {
    if (quality === most) return most;
    best = Math.max(best, quality);
  }
  return best;
}

/** The picture of the highest quality; of equal ones the one with the smallest key. Of a node that has pictures. */
export function bestOf<K extends Key>(node: Node<K>): Entry<K> {
  node.best ??= [...entriesOf(node)].reduce((best, entry) => (isBetter(entry, best) ? entry : best));
  return node.best;
}

const isBetter = <K extends Key>(a: Entry<K>, b: Entry<K>): boolean =>
  a.quality === b.quality ? a.key < b.key : a.quality > b.quality;
