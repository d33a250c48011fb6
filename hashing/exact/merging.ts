/** Merges runs into one, reading and writing each row once. */
import { compareRows, copyRow, ROW } from "./rows.ts";
import type { RunCursor, RunWriter } from "./writing.ts";

/**
 * Writes the rows of all runs in their order. Of equal rows the one of the newest run counts; `cursors` come newest first.
 * `forget` leaves removals out: right when no older run is left in which they would still have to hide something.
 */
export function writeMerged(cursors: readonly RunCursor[], writer: RunWriter, forget: boolean): void {
  const heap = createHeap(cursors);
  const last = new Uint32Array(ROW);
  let any = false;
  for (let top = heap.top(); top !== undefined; top = heap.top()) {
    if (!any || compareRows(top.words, top.at, last, 0) !== 0) {
      any = true;
      copyRow(top.words, top.at, last, 0);
      if (!(forget && top.removed)) writer.push(top.words, top.at, top.removed);
    }
    heap.advance();
  }
}

interface Heap {
  /** The cursor at the smallest row, of equal ones the newest; none at the end. */
  top(): RunCursor | undefined;
  /** Moves that cursor on. */
  advance(): void;
}

/** A binary heap: each row costs about as many comparisons as the number of runs has digits in base two. */
function createHeap(cursors: readonly RunCursor[]): Heap {
  const age = new Map(cursors.map((cursor, at) => [cursor, at]));
  const heap = cursors.filter((cursor) => cursor.next());
  const before = (a: RunCursor, b: RunCursor) =>
    (compareRows(a.words, a.at, b.words, b.at) || (age.get(a) ?? 0) - (age.get(b) ?? 0)) < 0;
  const sink = (at: number) => {
    for (;;) {
      const left = 2 * at + 1;
      const leftChild = heap[left];
      if (leftChild === undefined) return;
      const rightChild = heap[left + 1];
      const right = rightChild !== undefined && before(rightChild, leftChild);
      const child = right ? rightChild : leftChild;
      const parent = heap[at] as RunCursor;
      if (before(parent, child)) return;
      heap[at] = child;
      at = right ? left + 1 : left;
      heap[at] = parent;
    }
  };
  for (let at = heap.length >> 1; at >= 0; at--) sink(at);
  return {
    top: () => heap[0],
    advance() {
      if (heap[0]?.next()) return sink(0);
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      sink(0);
    },
  };
}
