/**
 * From pixels to the 64x64 luma samples that PDQ works on.
 *
 * The definition filters the whole picture (box along rows, box along columns, twice) and then keeps 64x64 pixels of
 * it. Filtering rows and filtering columns are independent linear steps, so only the kept pixels need computing: each is
 * a weighted mean of a small rectangle (axis.ts). Columns come first: the bytes of some rows are added up as they lie,
 * whatever their channel, and only the sums are taken apart into red, green and blue. Sums are whole and exact.
 */
import { axisParts, side, type Part } from "./axis.ts";
import type { Pixels } from "./pixels.ts";

/** The 64x64 samples row by row, 0 to 255. */
export function sampleLuma(pixels: Pixels): Float64Array {
  const samples = new Float64Array(side * side);
  const across = axisParts(pixels.width);
  for (const down of axisParts(pixels.height)) {
    const columns = addedRows(pixels, down);
    for (const part of across) {
      const at = down.sample * side + part.sample;
      const luma = lumaOf(columns, part, pixels.channels);
      samples[at] = (samples[at] as number) + luma / (down.divisor * part.divisor);
    }
  }
  return samples;
}

/** The weighted sums of the part's rows, for each byte of a row. */
function addedRows({ data, width, channels }: Pixels, { start, weights }: Part): Float64Array {
  const stride = width * channels;
  const columns = new Float64Array(stride);
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row] as number;
    const bytes = data.subarray((start + row) * stride, (start + row + 1) * stride);
    for (let x = 0; x < stride; x++) columns[x] = (columns[x] as number) + weight * (bytes[x] as number);
  }
  return columns;
}

/** The weighted sum of the part's columns as luma. */
function lumaOf(columns: Float64Array, { start, weights }: Part, channels: number): number {
  const green = channels < 3 ? 0 : 1;
  const blue = channels < 3 ? 0 : 2;
  let r = 0;
  let g = 0;
  let b = 0;
  for (let column = 0, at = start * channels; column < weights.length; column++, at += channels) {
    const weight = weights[column] as number;
    r += weight * (columns[at] as number);
    g += weight * (columns[at + green] as number);
    b += weight * (columns[at + blue] as number);
  }
  return channels < 3 ? r : 0.299 * r + 0.587 * g + 0.114 * b;
}
