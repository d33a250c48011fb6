/**
 * From pixels to the 64x64 luma samples that PDQ works on.
 *
 * The definition filters the whole picture (box along rows, box along columns, twice) and then keeps 64x64 pixels of
 * it. Filtering rows and filtering columns are independent linear steps, so only the kept pixels need computing: each is
 * a weighted mean of a small rectangle, and the weights along an axis are known beforehand. Every picture row is read
 * once and nothing of the picture's size is allocated but one row.
 */
import { HashingError } from "../errors.ts";

/** A decoded picture, 8 bits a channel, row by row: 1 = grey, 2 = grey and alpha, 3 = RGB, 4 = RGBA. Alpha is ignored. */
export interface Pixels {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

export const side = 64;
/** Below this many rows or columns a picture has no hash. */
const smallest = 5;

/** The 64x64 samples row by row, 0 to 255; `undefined` when the picture is too small to have any. */
export function sampleLuma(pixels: Pixels): Float64Array | undefined {
  const { data, width, height, channels } = pixels;
  if (data.length !== width * height * channels) {
    throw new HashingError(
      "hashing/bad-pixels",
      `The picture says ${width} x ${height} with ${channels} channels but has ${data.length} bytes.`,
      "Pass 8-bit samples, row by row, without padding.",
    );
  }
  if (width < smallest || height < smallest) return undefined;
  const unfiltered = width === side && height === side;
  const across = axisWeights(width, unfiltered);
  const down = axisWeights(height, unfiltered);
  const row = new Float64Array(width);
  const means = new Float64Array(side);
  const samples = new Float64Array(side * side);
  let first = 0; // the first sample whose rows do not all lie above y; windows start and end in order
  for (let y = 0; y < height; y++) {
    while (first < side && (down.start[first] as number) + (down.length[first] as number) <= y) first++;
    if (first === side) break;
    if ((down.start[first] as number) > y) continue; // between two windows: no sample needs this row
    lumaOfRow(pixels, y, row);
    weightedMeans(row, across, means);
    for (let i = first; i < side && (down.start[i] as number) <= y; i++) {
      const weight = down.weights[i * down.stride + y - (down.start[i] as number)] as number;
      for (let j = 0; j < side; j++)
        samples[i * side + j] = (samples[i * side + j] as number) + weight * (means[j] as number);
    }
  }
  return samples;
}

interface AxisWeights {
  /** First picture row (or column) that sample k reads, and how many. */
  start: Int32Array;
  length: Int32Array;
  /** The weights of sample k begin at k x stride; they add up to one. */
  weights: Float64Array;
  stride: number;
}

/** For each of the 64 samples along an axis of n pixels: which pixels it averages, with which weights. */
function axisWeights(n: number, unfiltered: boolean): AxisWeights {
  const window = unfiltered ? 1 : Math.ceil(n / 128);
  const half = Math.floor((window + 2) / 2);
  const from = (p: number) => Math.max(0, p - (window - half));
  const to = (p: number) => Math.min(n - 1, p + half - 1);
  const stride = 4 * half;
  const axis = {
    start: new Int32Array(side),
    length: new Int32Array(side),
    weights: new Float64Array(side * stride),
    stride,
  };
  for (let k = 0; k < side; k++) {
    const centre = Math.floor(((k + 0.5) * n) / side);
    const start = from(from(centre));
    axis.start[k] = start;
    axis.length[k] = to(to(centre)) - start + 1;
    // Two passes of the box: the mean over the window of the means over each member's own window.
    const outer = 1 / (to(centre) - from(centre) + 1);
    for (let q = from(centre); q <= to(centre); q++) {
      const inner = outer / (to(q) - from(q) + 1);
      for (let r = from(q); r <= to(q); r++) {
        const at = k * stride + r - start;
        axis.weights[at] = (axis.weights[at] as number) + inner;
      }
    }
  }
  return axis;
}

function lumaOfRow({ data, width, channels }: Pixels, y: number, row: Float64Array): void {
  let at = y * width * channels;
  if (channels < 3) {
    for (let x = 0; x < width; x++, at += channels) row[x] = data[at] as number;
    return;
  }
  for (let x = 0; x < width; x++, at += channels) {
    row[x] =
      0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  }
}

function weightedMeans(
  row: Float64Array,
  { start, length, weights, stride }: AxisWeights,
  out: Float64Array,
): void {
  for (let k = 0; k < side; k++) {
    const pixel = start[k] as number;
    const weight = k * stride;
    const count = length[k] as number;
    let sum = 0;
    for (let t = 0; t < count; t++) sum += (weights[weight + t] as number) * (row[pixel + t] as number);
    out[k] = sum;
  }
}
