/**
 * PDQ by the kernel. A picture's rows are copied into the kernel's memory once, in bands that stay in the processor's
 * cache while they are added up; nothing else of the picture's size exists besides the decoded rows themselves.
 */
import { kernelModule } from "../kernels/index.ts";
import { axisParts, boxWindow, type Part } from "./axis.ts";
import type { Pixels } from "./pixels.ts";
import { basis } from "./transform.ts";

interface Exports {
  memory: WebAssembly.Memory;
  addRows(first: number, stride: number, weights: number, count: number): void;
  addSamples(row: number, divisor: number, parts: number, channels: number, stride: number): void;
  turnBasis(): void;
  finish(): number;
}
type Place = "ROWS" | "ROW_WEIGHTS" | "COLUMN_WEIGHTS" | "PARTS" | "BASIS" | "HASHES";
type Kernel = Exports & { at: Record<Place, number>; bytes: Uint8Array; view: DataView };

/** As laid out in kernels/assembly/pdq.ts. */
const layout = { band: 4 * 65_536, longestRow: 65_536, part: 24, hashes: 8 * 32 };

/**
 * Sums must fit into 32 bits and a row's weight into what the kernel multiplies by. This lets every picture of at most
 * 65,536 x 32,768 with up to 60 megapixels pass; larger ones are the plain twin's.
 */
function fits({ width, height }: Pixels): boolean {
  const [across, down] = [boxWindow(width), boxWindow(height)];
  return width <= layout.longestRow && down <= 256 && 255 * (across * down) ** 2 < 2 ** 32;
}

let kernel: Kernel | undefined;

/** As `hashPlainly`, and the same bits; `undefined` when the kernel cannot serve. */
export function hashByKernel(pixels: Pixels): { quality: number; hashes: string[] } | undefined {
  const module = kernelModule("pdq");
  if (module === undefined || !fits(pixels)) return undefined;
  kernel ??= started(module);
  addAllRows(kernel, pixels);
  const quality = kernel.finish();
  const digits = Buffer.from(kernel.bytes.buffer, kernel.at.HASHES, layout.hashes).toString("hex");
  return { quality, hashes: Array.from({ length: 8 }, (_, at) => digits.slice(at * 64, at * 64 + 64)) };
}

function started(module: WebAssembly.Module): Kernel {
  const { exports } = new WebAssembly.Instance(module);
  const functions = exports as unknown as Exports;
  const places = exports as Record<Place, { value: number }>;
  const names: Place[] = ["ROWS", "ROW_WEIGHTS", "COLUMN_WEIGHTS", "PARTS", "BASIS", "HASHES"];
  const at = Object.fromEntries(names.map((name) => [name, places[name].value])) as Record<Place, number>;
  const { buffer } = functions.memory;
  new Float64Array(buffer, at.BASIS, basis.length).set(basis);
  functions.turnBasis();
  return { ...functions, at, bytes: new Uint8Array(buffer), view: new DataView(buffer) };
}

function addAllRows(kernel: Kernel, { data, width, height, channels }: Pixels): void {
  const stride = width * channels;
  const parts = writeParts(kernel, axisParts(width));
  const inBand = Math.floor(layout.band / stride);
  let band = { from: 0, to: 0 }; // the rows in the kernel's memory
  let weights: Int32Array | undefined;
  for (const part of axisParts(height)) {
    if (part.weights !== weights) writeRowWeights(kernel, (weights = part.weights));
    const end = part.start + part.weights.length;
    for (let row = part.start; row < end;) {
      if (row < band.from || row >= band.to) {
        band = { from: row, to: Math.min(height, row + inBand) };
        kernel.bytes.set(data.subarray(band.from * stride, band.to * stride), kernel.at.ROWS);
      }
      const count = Math.min(end, band.to) - row;
      const first = kernel.at.ROWS + (row - band.from) * stride;
      kernel.addRows(first, stride, kernel.at.ROW_WEIGHTS + 2 * (row - part.start), count);
      row += count;
    }
    kernel.addSamples(part.sample, part.divisor, parts, channels, stride);
  }
}

function writeRowWeights({ view, at }: Kernel, weights: Int32Array): void {
  weights.forEach((weight, row) => view.setUint16(at.ROW_WEIGHTS + 2 * row, weight, true));
}

/** Writes the parts along the rows, arrays that they share once. Returns how many there are. */
function writeParts({ view, bytes, at }: Kernel, parts: Part[]): number {
  const written = new Map<Int32Array, number>();
  let free = 0;
  for (const [index, { sample, start, weights, divisor }] of parts.entries()) {
    const offset = written.get(weights) ?? free;
    if (offset === free) {
      new Int32Array(bytes.buffer, at.COLUMN_WEIGHTS + free, weights.length).set(weights);
      written.set(weights, free);
      free += weights.byteLength;
    }
    const to = at.PARTS + index * layout.part;
    view.setInt32(to, sample, true);
    view.setInt32(to + 4, start, true);
    view.setInt32(to + 8, offset, true);
    view.setInt32(to + 12, weights.length, true);
    view.setFloat64(to + 16, divisor, true);
  }
  return parts.length;
}
