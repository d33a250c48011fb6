/**
 * PDQ's steps as the reference takes them: whole planes in single precision, running sums along rows and columns.
 * Slow, and the judge of the fast way. Its rounding is the reference's rounding, so its values are the reference's values.
 */
import type { Pixels } from "@wardline/hashing/pdq";

const f = Math.fround;

export function literalLuma(pixels: Pixels): Float32Array {
  const { width, height } = pixels;
  const plane = lumaPlane(pixels);
  if (width !== 64 || height !== 64) {
    for (let pass = 0; pass < 2; pass++) {
      for (let y = 0; y < height; y++) box(plane, y * width, width, 1, Math.ceil(width / 128));
      for (let x = 0; x < width; x++) box(plane, x, height, width, Math.ceil(height / 128));
    }
  }
  const pick = (k: number, n: number) => Math.floor(((k + 0.5) * n) / 64);
  return Float32Array.from({ length: 4096 }, (_, at) => {
    return plane[pick(Math.floor(at / 64), height) * width + pick(at % 64, width)] as number;
  });
}

function lumaPlane({ data, width, height, channels }: Pixels): Float32Array {
  return Float32Array.from({ length: width * height }, (_, at) => {
    const [r = 0, g = 0, b = 0] = data.subarray(at * channels, at * channels + 3);
    if (channels < 3) return r;
    return f(f(f(f(0.299) * r) + f(f(0.587) * g)) + f(f(0.114) * b));
  });
}

/** A moving mean over `length` values `stride` apart, in place; narrower windows at both ends. */
function box(plane: Float32Array, offset: number, length: number, stride: number, window: number): void {
  const line = Float32Array.from({ length }, (_, i) => plane[offset + i * stride] as number);
  const half = Math.floor((window + 2) / 2);
  let sum = 0;
  let covered = 0;
  for (let i = 1 - half; i < length; i++) {
    const entering = i + half - 1;
    const leaving = i - (window - half) - 1;
    if (entering < length) {
      sum = f(sum + (line[entering] as number));
      covered++;
    }
    if (leaving >= 0) {
      sum = f(sum - (line[leaving] as number));
      covered--;
    }
    if (i >= 0) plane[offset + i * stride] = f(sum / covered);
  }
}

/** D A Dᵀ in single precision. */
export function literalTransform(luma: Float32Array): Float32Array {
  const basis = Float32Array.from({ length: 1024 }, (_, at) => {
    const i = Math.floor(at / 64);
    return Math.sqrt(2 / 64) * Math.cos((Math.PI / 128) * (i + 1) * (2 * (at % 64) + 1));
  });
  const dot = (terms: number, term: (k: number) => number) => {
    let sum = 0;
    for (let k = 0; k < terms; k++) sum = f(sum + f(term(k)));
    return sum;
  };
  const half = Float32Array.from({ length: 1024 }, (_, at) =>
    dot(64, (k) => (basis[Math.floor(at / 64) * 64 + k] as number) * (luma[k * 64 + (at % 64)] as number)),
  );
  return Float32Array.from({ length: 256 }, (_, at) =>
    dot(64, (k) => (half[Math.floor(at / 16) * 64 + k] as number) * (basis[(at % 16) * 64 + k] as number)),
  );
}
