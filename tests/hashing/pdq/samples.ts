/** Repeatable noise. */
import type { Pixels } from "@wardline/hashing/pdq";

/** Bytes, 0 to 255: the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}

export function noise(width: number, height: number, channels: Pixels["channels"], seed: number): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, seeded(seed));
  return { data, width, height, channels };
}
