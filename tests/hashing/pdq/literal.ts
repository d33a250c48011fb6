/** The 64x64 samples computed word by word as the definition says them: slow, and the judge of the fast way. */
import type { Pixels } from "@wardline/hashing/pdq";

export function literalLuma({ data, width, height, channels }: Pixels): number[] {
  let plane = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = (y * width + x) * channels;
      if (channels < 3) return data[at]!;
      return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    }),
  );
  if (width !== 64 || height !== 64) {
    for (const _ of [1, 2]) {
      plane = plane.map((row) => box(row, Math.ceil(width / 128)));
      plane = transposed(transposed(plane).map((column) => box(column, Math.ceil(height / 128))));
    }
  }
  const pick = (k: number, n: number) => Math.floor(((k + 0.5) * n) / 64);
  return Array.from(
    { length: 4096 },
    (_, at) => plane[pick(Math.floor(at / 64), height)]![pick(at % 64, width)]!,
  );
}

function box(line: number[], window: number): number[] {
  const half = Math.floor((window + 2) / 2);
  return line.map((_, i) => {
    const covered = line.slice(Math.max(0, i - (window - half)), Math.min(line.length - 1, i + half - 1) + 1);
    return covered.reduce((sum, value) => sum + value, 0) / covered.length;
  });
}

const transposed = (plane: number[][]) => plane[0]!.map((_, x) => plane.map((row) => row[x]!));
