/** Pairs of the reference's vPDQ texts, and what its programs say of them: some in the quick tests, all among the long ones. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { compareVideos, readVpdq, type VideoHash, type VideoMatchSettings } from "@wardline/hashing/video";

/** What the reference's two programs do, and our settings for it. */
export const conventions = [
  [
    "its own program: less than 31 bits, every frame",
    "cpp_strict_lt31_no_dedupe",
    { distance: 30, distinct: false },
  ],
  ["its Python library: at most 31 bits, distinct hashes, as is our default", "pytx_le31_dedupe", {}],
] as const;

type Convention = (typeof conventions)[number][1];
interface Pair extends Record<Convention, Record<"query_match_percent" | "compared_match_percent", number>> {
  query: string;
  compared: string;
}

/** Compares every n-th pair with the reference's percentages; returns the shares of the queries. */
export function expectPairs(
  vectors: string,
  convention: Convention,
  settings: VideoMatchSettings,
  every: number,
): number[] {
  const { pairs } = JSON.parse(readFileSync(`${vectors}expected-matches.json`, "utf8")) as { pairs: Pair[] };
  const videos = new Map<string, VideoHash>();
  const video = (name: string) => {
    const known = videos.get(name) ?? readVpdq(readFileSync(`${vectors}sample-hashes/${name}.txt`, "utf8"));
    videos.set(name, known);
    return known;
  };
  const chosen = pairs.filter((_, at) => at % every === 0);
  return chosen.map((pair) => {
    const { queryShare, comparedShare } = compareVideos(video(pair.query), video(pair.compared), settings);
    expect(queryShare * 100).toBeCloseTo(pair[convention].query_match_percent, 9);
    expect(comparedShare * 100).toBeCloseTo(pair[convention].compared_match_percent, 9);
    return queryShare;
  });
}
