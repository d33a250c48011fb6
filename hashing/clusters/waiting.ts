/** Nodes that have to be settled, the strongest first: whether a node leads depends on stronger ones only. */
import { isStronger, type Node } from "./node.ts";
import type { Key } from "./types.ts";

export interface Waiting<K extends Key> {
  /** Once, however often it is asked for. */
  push(node: Node<K>): void;
  pop(): Node<K> | undefined;
}

/** A binary heap. Ranks must not change while nodes wait. */
export function createWaiting<K extends Key>(): Waiting<K> {
  const heap: Node<K>[] = [];

  const rise = (node: Node<K>) => {
    let at = heap.length;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1] as Node<K>;
      if (isStronger(parent, node)) break;
      heap[at] = parent;
      at = (at - 1) >> 1;
    }
    heap[at] = node;
  };
  const sink = (node: Node<K>) => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (left === undefined) break;
      if (right !== undefined && isStronger(right, left)) child++;
      const stronger = heap[child] as Node<K>;
      if (isStronger(node, stronger)) break;
      heap[at] = stronger;
      at = child;
    }
    heap[at] = node;
  };
  return {
    push(node) {
      if (node.waits) return;
      node.waits = true;
      rise(node);
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (top === undefined || last === undefined) return undefined;
      if (top !== last) sink(last);
      top.waits = false;
      return top;
    },
  };
}
