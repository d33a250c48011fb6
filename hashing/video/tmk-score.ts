/** The two scores of a pair of TMK+PDQF hashes. Near 1: the same video; the field takes 0.7 at both levels for a match. */
import { HashingError } from "../errors.ts";
import type { Tmk } from "./tmk.ts";

export interface TmkScore {
  /** Cosine of the mean frame features, -1 to 1: quick, blind to order. */
  level1: number;
  /** The best alignment in time over all periods, about 0 to 1. */
  level2: number;
}

/** Scores two hashes. Error: `hashing/tmk-incompatible` when they were made with different parameters. */
export function compareTmk(a: Tmk, b: Tmk): TmkScore {
  if (!compatible(a, b))
    throw new HashingError(
      "hashing/tmk-incompatible",
      "The two TMK hashes were made with different parameters and cannot be compared.",
      "Compare hashes of the same frame rate, periods and coefficients.",
    );
  return { level1: cosine(a.average, b.average), level2: bestAlignment(a, b) };
}

function compatible(a: Tmk, b: Tmk): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) <= 1e-6 * Math.max(Math.abs(x), Math.abs(y));
  return (
    a.framesPerSecond === b.framesPerSecond &&
    a.average.length === b.average.length &&
    a.periods.length === b.periods.length &&
    a.periods.every((period, at) => period === b.periods[at]) &&
    a.coefficients.length === b.coefficients.length &&
    a.coefficients.every((coefficient, at) => near(coefficient, b.coefficients[at] ?? NaN))
  );
}

function cosine(a: Float32Array, b: Float32Array): number {
  const norm = (feature: Float32Array) => Math.fround(Math.sqrt(dot(feature, feature)));
  const norms = Math.fround(norm(a) * norm(b));
  return norms === 0 ? 0 : dot(a, b) / norms;
}

/** The largest value of the kernel over all periods and offsets, scaled so that a video against itself gives about 1. */
function bestAlignment(a: Tmk, b: Tmk): number {
  const best = a.periods.map((period, at) => bestOffset(period, kernelOf(a, b, at)));
  const [first = 0, ...rest] = a.coefficients;
  return Math.max(...best) / rest.reduce((sum, coefficient) => sum + 2 * coefficient, first);
}

interface Kernel {
  /** For each coefficient j, what cos(j delta) and sin(j delta) are multiplied with. */
  cosines: Float64Array;
  sines: Float64Array;
}

function kernelOf(a: Tmk, b: Tmk, period: number): Kernel {
  const { length } = a.coefficients;
  const kernel = { cosines: new Float64Array(length), sines: new Float64Array(length) };
  for (let j = 0; j < length; j++) {
    const feature = ({ average }: Tmk, all: Float32Array) =>
      all.subarray((period * length + j) * average.length, (period * length + j + 1) * average.length);
    const [cosA, sinA, cosB, sinB] = [
      feature(a, a.cosines),
      feature(a, a.sines),
      feature(b, b.cosines),
      feature(b, b.sines),
    ];
    kernel.cosines[j] = dot(cosA, cosB) + (j === 0 ? 0 : dot(sinA, sinB));
    kernel.sines[j] = dot(sinA, cosB) - dot(cosA, sinB);
  }
  return kernel;
}

/** Tries every offset of one video against the other. Turns by the addition theorem, instead of a sine for every term. */
function bestOffset(period: number, { cosines, sines }: Kernel): number {
  let best = -Infinity;
  for (let offset = 0; offset < period; offset++) {
    const delta = (2 * Math.PI * offset) / period;
    const [cosDelta, sinDelta] = [Math.cos(delta), Math.sin(delta)];
    let [cos, sin, value] = [1, 0, cosines[0] ?? 0];
    for (let j = 1; j < cosines.length; j++) {
      const turned = cos * cosDelta - sin * sinDelta;
      sin = sin * cosDelta + cos * sinDelta;
      cos = turned;
      value += cos * (cosines[j] as number) + sin * (sines[j] as number);
    }
    if (value > best) best = value;
  }
  return best;
}

/** In single precision like the reference, so that scores agree to the last printed digit. */
function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++)
    sum = Math.fround(sum + Math.fround((a[at] as number) * (b[at] as number)));
  return sum;
}
