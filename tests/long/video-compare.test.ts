/** Videos with so many frames that they are looked up in an index: the same answer as by comparing each with each. */
import { expect, test } from "vitest";
import { compareVideos } from "@wardline/hashing/video";
import { flipped, randomHash, videoOf } from "../hashing/video/support.ts";
import { seededRandom } from "../support/seeded.ts";

test("two long videos share exactly the frames that are within the distance", () => {
  const random = seededRandom("long videos");
  const scenes = Array.from({ length: 6000 }, () => randomHash(random));
  const compared = videoOf(scenes);
  const query = videoOf([
    ...scenes.slice(0, 3000).map((hash) => flipped(hash, 31, random)),
    ...scenes.slice(3000, 4000).map((hash) => flipped(hash, 32, random)),
  ]);
  expect(compareVideos(query, compared)).toMatchObject({
    queryShare: 3000 / 4000,
    comparedShare: 3000 / 6000,
  });
});
