/** The 16x16 low-frequency cosine coefficients of the samples, the bits they become, and what turning the picture does to them. */
import { side } from "./axis.ts";

const size = 16;

/** D[i][j] = sqrt(2/64) cos(pi/128 (i + 1)(2 j + 1)): the constant term is left out, brightness does not count. */
export const basis = Float64Array.from({ length: size * side }, (_, at) => {
  const i = Math.floor(at / side);
  const j = at % side;
  return Math.sqrt(2 / side) * Math.cos((Math.PI / 2 / side) * (i + 1) * (2 * j + 1));
});

/** B = D A Dᵀ, row by row. */
export function cosineTransform(luma: Float64Array): Float64Array {
  const half = new Float64Array(size * side);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < side; k++) {
      const factor = basis[i * side + k] as number;
      for (let j = 0; j < side; j++)
        half[i * side + j] = (half[i * side + j] as number) + factor * (luma[k * side + j] as number);
    }
  }
  const coefficients = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < side; k++) sum += (half[i * side + k] as number) * (basis[j * side + k] as number);
      coefficients[i * size + j] = sum;
    }
  }
  return coefficients;
}

/** The hash: bit 16 i + j is set when B[i][j] is above the lower median (the 128th smallest), strictly. */
export function bitsOf(coefficients: Float64Array): string {
  const median = coefficients.slice().sort()[coefficients.length / 2 - 1] as number;
  let hash = "";
  for (let top = coefficients.length - 1; top > 0; top -= 4) {
    let digit = 0;
    for (let k = top; k > top - 4; k--) digit = digit * 2 + ((coefficients[k] as number) > median ? 1 : 0);
    hash += digit.toString(16);
  }
  return hash;
}

/** The eight ways a picture can lie, in the order of the reference; `flipx` mirrors top to bottom, `flipplus` transposes. */
export const dihedralNames = [
  "orig",
  "rot90",
  "rot180",
  "rot270",
  "flipx",
  "flipy",
  "flipplus",
  "flipminus",
] as const;
type DihedralName = (typeof dihedralNames)[number];

/** For each: whether the picture is transposed, and which coefficients (i, j) change their sign. */
const turns: Record<DihedralName, { transpose: boolean; negate: (i: number, j: number) => boolean }> = {
  orig: { transpose: false, negate: () => false },
  rot90: { transpose: true, negate: (_, j) => j % 2 === 0 },
  rot180: { transpose: false, negate: (i, j) => (i + j) % 2 === 1 },
  rot270: { transpose: true, negate: (i) => i % 2 === 0 },
  flipx: { transpose: false, negate: (i) => i % 2 === 0 },
  flipy: { transpose: false, negate: (_, j) => j % 2 === 0 },
  flipplus: { transpose: true, negate: () => false },
  flipminus: { transpose: true, negate: (i, j) => (i + j) % 2 === 1 },
};

/** The coefficients that the turned picture would have had. */
export function turned(coefficients: Float64Array, name: DihedralName): Float64Array {
  const { transpose, negate } = turns[name];
  const out = new Float64Array(coefficients.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const value = coefficients[i * size + j] as number;
      out[transpose ? j * size + i : i * size + j] = negate(i, j) ? -value : value;
    }
  }
  return out;
}
