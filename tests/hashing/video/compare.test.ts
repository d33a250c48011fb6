/** Videos made of random hashes with known likeness, against the plainest comparison there is. */
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { hammingDistance } from "@wardline/hashing/pdq";
import { compareVideos, foldNeighbours, type VideoHash } from "@wardline/hashing/video";
import { seededRandom } from "../../support/seeded.ts";
import { flipped, flippedAt, randomHash, videoOf } from "./support.ts";

const random = seededRandom("videos");

/** The share of frames of `a` that some frame of `b` is near, by comparing the texts of all. */
function plainShare(a: VideoHash, b: VideoHash, distance: number): number {
  const near = a.frames.filter(({ hash }) =>
    b.frames.some((other) => hammingDistance(hash, other.hash) <= distance),
  );
  return near.length / a.frames.length;
}

describe("two videos", () => {
  test("share what they share, both ways, as by the plainest comparison", () => {
    const scenes = Array.from({ length: 40 }, () => randomHash(random));
    const query = videoOf(scenes.slice(0, 20).map((hash) => flipped(hash, 12, random)));
    const compared = videoOf(scenes.slice(10));
    const match = compareVideos(query, compared);
    expect(match).toEqual({ queryShare: 10 / 20, comparedShare: 10 / 30, matches: false });
    expect(match.queryShare).toBe(plainShare(query, compared, 31));
    expect(compareVideos(query, compared, { queryShare: 0.5 }).matches).toBe(true);
    expect(compareVideos(query, compared, { queryShare: 0.5, comparedShare: 0.4 }).matches).toBe(false);
    expect(compareVideos(query, compared, { distance: 11 }).queryShare).toBe(0);
  });

  test("of any hashes and distance agree with the plainest comparison", () => {
    const bases = Array.from({ length: 5 }, () => randomHash(random));
    const frame = fc.record({ base: fc.nat(4), bits: fc.nat(40) });
    const frames = fc.array(frame, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(frames, frames, fc.nat(63), (a, b, distance) => {
        const [query, compared] = [a, b].map((list) =>
          videoOf(list.map(({ base, bits }) => flipped(bases[base] ?? "", bits, random))),
        ) as [VideoHash, VideoHash];
        const match = compareVideos(query, compared, { distance, distinct: false });
        expect(match.queryShare).toBe(plainShare(query, compared, distance));
        expect(match.comparedShare).toBe(plainShare(compared, query, distance));
      }),
      { numRuns: 60 },
    );
  });

  test("that are long are looked up in an index, with the same answer", () => {
    const scenes = Array.from({ length: 6000 }, () => randomHash(random));
    const compared = videoOf(scenes);
    const query = videoOf([
      ...scenes.slice(0, 3000).map((hash) => flipped(hash, 31, random)),
      ...scenes.slice(3000, 4000).map((hash) => flipped(hash, 32, random)),
    ]);
    const match = { queryShare: 3000 / 4000, comparedShare: 3000 / 6000 };
    expect(compareVideos(query, compared)).toMatchObject(match);
  });

  test("match nothing where no frame is good enough", () => {
    const good = videoOf([randomHash(random)]);
    const poor = { frames: good.frames.map((frame) => ({ ...frame, quality: 49 })) };
    for (const nothing of [poor, { frames: [] }])
      expect(compareVideos(nothing, good, { queryShare: 0 })).toEqual({
        ...{ queryShare: 0, comparedShare: 0, matches: false },
      });
    expect(compareVideos(poor, good, { quality: 49 }).matches).toBe(true);
  });

  test("count a standing picture once, unless every frame is to count", () => {
    const [still, moving] = [randomHash(random), randomHash(random)];
    const query = videoOf([...Array.from({ length: 9 }, () => still), moving]);
    const compared = videoOf([still]);
    expect(compareVideos(query, compared)).toMatchObject({ queryShare: 0.5, matches: false });
    expect(compareVideos(query, compared, { distinct: false })).toMatchObject({
      queryShare: 0.9,
      matches: true,
    });
  });
});

describe("folding neighbours", () => {
  test("keeps the first of near-identical frames, and what comes again later", () => {
    const [a, b] = [randomHash(random), randomHash(random)];
    const video = videoOf([a, flipped(a, 3, random), b, flipped(b, 4, random), b, a]);
    const kept = (distance: number) => foldNeighbours(video, distance).frames.map(({ index }) => index);
    expect(kept(8)).toEqual([0, 2, 5]);
    expect(kept(0)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("does not fold a slow drift into its beginning", () => {
    const first = randomHash(random);
    const hashes = Array.from({ length: 60 }, (_, bits) => flippedAt(first, Array(bits).keys()));
    const folded = foldNeighbours(videoOf(hashes), 9).frames;
    expect(folded.map(({ index }) => index)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  test("changes little of what two videos share", () => {
    const scenes = Array.from({ length: 30 }, () => randomHash(random));
    const shown = (bits: number) =>
      videoOf(scenes.flatMap((hash) => [hash, hash, flipped(hash, bits, random)]));
    const [query, compared] = [foldNeighbours(shown(4), 8), foldNeighbours(shown(6), 8)];
    expect(query.frames).toHaveLength(30);
    expect(compareVideos(query, compared)).toMatchObject({ queryShare: 1, comparedShare: 1 });
  });
});
