/**
 * The two box passes along one axis, for the 64 kept samples only.
 *
 * A box of window w, and the same box again, is one weighted mean: over w boxes, each of w pixels. With whole numbers as
 * weights (how many of the boxes hold the pixel: 1 2 … w … 2 1) every sum is exact, and no order of adding can change it.
 * At the end of an axis one box may be cut off; it has a divisor of its own, so such a sample is the sum of two parts.
 */

/** Samples along an axis. A picture of exactly 64 pixels has windows of one pixel: it stays as it is. */
export const side = 64;

/** A term of sample `sample`: the sum of weight x pixel from pixel `start` on, divided by `divisor`. */
export interface Part {
  sample: number;
  start: number;
  /** Whole numbers. The parts in the middle of an axis share one array. */
  weights: Int32Array;
  divisor: number;
}

/** The full window of the box along an axis of n pixels, as the reference chooses it. */
export const boxWindow = (n: number): number => Math.ceil(n / (2 * side));

/** All parts of the 64 samples of an axis of n pixels, in the order of samples. */
export function axisParts(n: number): Part[] {
  const window = boxWindow(n);
  const after = Math.floor((window + 2) / 2) - 1; // pixels of a box behind its centre
  const before = window - 1 - after;
  const boxAt = (p: number): Box => ({ from: Math.max(0, p - before), to: Math.min(n - 1, p + after) });
  const common = covering(
    range(before, before + window - 1).map((p) => ({ from: p - before, to: p + after })),
  );
  return range(0, side - 1).flatMap((sample): Part[] => {
    const centre = Math.floor(((sample + 0.5) * n) / side);
    const start = centre - 2 * before;
    if (start >= 0 && start + common.length <= n)
      return [{ sample, start, weights: common, divisor: window * window }];
    const { from, to } = boxAt(centre);
    return cutOff(sample, range(from, to).map(boxAt));
  });
}

/** The parts of a sample at the end of an axis: one for each size that its boxes have. */
function cutOff(sample: number, boxes: Box[]): Part[] {
  const bySize = Map.groupBy(boxes, ({ from, to }) => to - from + 1);
  return [...bySize].map(([size, alike]) => ({
    sample,
    start: alike[0]?.from ?? 0,
    weights: covering(alike),
    divisor: boxes.length * size,
  }));
}

/** First and last pixel. */
interface Box {
  from: number;
  to: number;
}

/** For each pixel from the first box's start on: how many of the boxes hold it. */
function covering(boxes: Box[]): Int32Array {
  const first = boxes[0]?.from ?? 0;
  const weights = new Int32Array((boxes.at(-1)?.to ?? first) - first + 1);
  for (const box of boxes)
    for (let p = box.from; p <= box.to; p++) weights[p - first] = (weights[p - first] as number) + 1;
  return weights;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
