/** Videos made up of hashes and features, for tests. */
import type { Random } from "@wardline/protocol/encoding";
import type { Tmk, VideoHash } from "@wardline/hashing/video";

export const randomHash = (random: Random): string => Buffer.from(random(32)).toString("hex");

/** The hash with the bits at these places flipped. */
export function flippedAt(hash: string, places: Iterable<number>): string {
  const bytes = Buffer.from(hash, "hex");
  for (const place of places) bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
  return bytes.toString("hex");
}

/** The hash with exactly so many bits flipped. */
export function flipped(hash: string, bits: number, random: Random): string {
  const places = new Set<number>();
  while (places.size < bits) places.add(random(1)[0] ?? 0);
  return flippedAt(hash, places);
}

/** One frame of good quality for each hash, one a second. */
export const videoOf = (hashes: readonly string[]): VideoHash => ({
  frames: hashes.map((hash, index) => ({ index, hash, quality: 100, timestamp: index })),
});

/** TMK of a video by the definition, over frame features of one length. */
export function tmkOf(frames: readonly (readonly number[])[]): Tmk {
  const periods = [53, 97];
  const coefficients = Float32Array.of(0.1, 0.2, 0.15, 0.1);
  const dimension = frames[0]?.length ?? 0;
  const sums = (weight: (time: number) => number, normalise = true) =>
    Array.from({ length: dimension }, (_, k) =>
      frames.reduce(
        (sum, frame, time) => sum + (weight(time) * (frame[k] ?? 0)) / (normalise ? Math.hypot(...frame) : 1),
        0,
      ),
    );
  const features = (turn: (angle: number) => number) =>
    Float32Array.from(
      periods.flatMap((period) =>
        [...coefficients].flatMap((coefficient, j) => {
          const feature = sums((time) => turn((2 * Math.PI * j * time) / period));
          const length = Math.hypot(...feature) || 1;
          return feature.map((value) => (value / length) * Math.sqrt(coefficient));
        }),
      ),
    );
  return {
    ...{ framesPerSecond: 15, frameCount: frames.length, periods, coefficients },
    average: Float32Array.from(sums(() => 1 / frames.length, false)),
    cosines: features(Math.cos),
    sines: features(Math.sin),
  };
}
