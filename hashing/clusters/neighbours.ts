/** Where representatives and members are searched: a shard of the Hamming index for each. */
import { createShard, MOST_RESULTS, type Shard } from "../hamming/index.ts";
import { pdqWords, wordDistance } from "../pdq/index.ts";
import type { Node } from "./node.ts";
import type { Key } from "./types.ts";

export interface Neighbour<K extends Key> {
  readonly node: Node<K>;
  readonly distance: number;
}

export interface Neighbours<K extends Key> {
  add(node: Node<K>): void;
  remove(node: Node<K>): void;
  /** All nodes within the distance of this hash, its own left out. */
  near(node: Node<K>): Neighbour<K>[];
  /** Sorts a part of what came lately, when that is worth it: some milliseconds of work. */
  tidy(): void;
}

/** Above this part of loose hashes sorting them in costs less than looking through them. */
const LOOSE_PART = 1 / 2;
/** Fewer are looked through fast enough. */
const LOOSE_LEAST = 4096;
/** Entries moved in a step: some 2 ms. */
const STEP = 200_000;

export function createNeighbours<K extends Key>(capacity: number, distance: number): Neighbours<K> {
  const shard: Shard = createShard({ capacity });
  const nodes: (Node<K> | undefined)[] = [];
  let sorting = false;

  const nodeAt = (slot: number) => nodes[slot] as Node<K>;
  /** More than a query may return: everything is compared, which with so many neighbours is no loss. */
  const compareAll = (hash: Uint32Array) => {
    const found: Neighbour<K>[] = [];
    for (const node of nodes) {
      if (node === undefined) continue;
      const bits = wordDistance(shard.hashAt(node.slot), hash);
      if (bits <= distance) found.push({ node, distance: bits });
    }
    return found;
  };
  return {
    add(node) {
      node.slot = shard.add(pdqWords(node.hash));
      nodes[node.slot] = node;
    },
    remove(node) {
      shard.remove(node.slot);
      nodes[node.slot] = undefined;
    },
    near(node) {
      const hash = pdqWords(node.hash);
      const { total, slots, distances } = shard.query(hash, distance, MOST_RESULTS);
      const found =
        total > slots.length
          ? compareAll(hash)
          : Array.from(slots, (slot, at) => ({ node: nodeAt(slot), distance: distances[at] as number }));
      return found.filter((neighbour) => neighbour.node !== node);
    },
    tidy() {
      if (sorting || shard.loose > Math.max(LOOSE_LEAST, shard.size * LOOSE_PART))
        sorting = shard.compact(STEP);
    },
  };
}
