/** Videos of the third-party vectors against the frame hashes that the reference gives for them. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { hammingDistance } from "@wardline/hashing/pdq";
import { readVpdq } from "@wardline/hashing/video";
import type { VideoDecoder } from "../../../node/decode/index.ts";

/** Every frame: the same count, and near where the quality says that the hash means something. Returns the distances. */
export async function expectAsReference(
  decoder: VideoDecoder,
  vectors: string,
  name: string,
): Promise<number[]> {
  const { frames } = await decoder.hash(`${vectors}videos/${name}.mp4`, { rate: "every" });
  const expected = readVpdq(readFileSync(`${vectors}sample-hashes/${name}.txt`, "utf8")).frames;
  expect(frames).toHaveLength(expected.length);
  const distances = expected.flatMap(({ hash, quality }, at) =>
    quality >= 50 ? [hammingDistance(hash, frames[at]?.hash ?? "")] : [],
  );
  expect(distances.length).toBeGreaterThan(0);
  expect(Math.max(...distances)).toBeLessThan(31);
  return distances;
}
