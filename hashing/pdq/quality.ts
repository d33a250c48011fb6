/** How much structure the 64x64 samples have: flat pictures hash to noise, and their hashes must not be matched. */
import { side } from "./axis.ts";

/** Chosen by the reference so that ordinary photographs reach 100. */
const scale = 90;

/** 0 to 100: the sum of the steps between neighbours, each as a truncated percentage of full contrast. */
export function qualityOf(luma: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const here = luma[i * side + j] as number;
      if (i + 1 < side) sum += step(here, luma[(i + 1) * side + j] as number);
      if (j + 1 < side) sum += step(here, luma[i * side + j + 1] as number);
    }
  }
  return Math.min(100, Math.floor(sum / scale));
}

const step = (u: number, v: number) => Math.abs(Math.trunc(((u - v) * 100) / 255));
