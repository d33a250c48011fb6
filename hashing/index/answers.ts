/** One answer for each query, from what the threads found. */
import { dihedralNames } from "../pdq/index.ts";
import { saidIn } from "./facts.ts";
import { digestKinds, NO_HIT, type Found } from "./messages.ts";
import type { Names } from "./names.ts";
import { DISTANCES, distanceOf, HIT_WORDS, turnOf } from "./search.ts";
import type { Answer, DihedralName, Match, MatchKind } from "./types.ts";

/** What one query may have back, and how it was asked. */
export interface Asking {
  readonly limit: number;
  /** For each query, how many hashes it had: a turn is told where there were eight. */
  readonly turns: Uint8Array;
}

/** `hashes` has one part for each thread; `digests` is left out where there are none. */
export function answersFrom(
  hashes: readonly Found[],
  digests: Found | undefined,
  asking: Asking,
  names: Names,
): Answer[] {
  const byHash = hashes.map((found) => readerOf(found, DISTANCES));
  const byDigest = digests && readerOf(digests, digestKinds.length);
  return Array.from(asking.turns, (turns) => {
    const near = byHash.map((reader) => reader());
    const exact = byDigest?.();
    const described = (hit: Hit) => describe(hit, "pdq", names, turns > 1);
    const equal = (hit: Hit) => describe({ ...hit, turn: 0 }, digestKinds[hit.turn] ?? "md5", names, false);

    if (exact?.good) return { total: 0, matches: [], suppressedBy: equal(exact.good) };
    const good = nearestOf(near.flatMap((one) => one.good ?? []));
    const below = good ? good.distance : DISTANCES;
    const total =
      sum(exact?.counts ?? []) + near.reduce((all, { counts }) => all + sum(counts.subarray(0, below)), 0);
    const nearest = near
      .flatMap(({ hits }) => hits.filter(({ distance }) => distance < below))
      .sort((one, other) => one.distance - other.distance);
    const matches = [...(exact?.hits ?? []).map(equal), ...nearest.map(described)].slice(0, asking.limit);
    return {
      total,
      ...(near.some(({ cut }) => cut) && { totalIsLeast: true as const }),
      matches,
      ...(good && { suppressedBy: described(good) }),
    };
  });
}

interface Hit {
  a: number;
  b: number;
  c: number;
  distance: number;
  turn: number;
}

/** Reads what was found query by query. */
function readerOf({ counts, hits, hitCounts, good, cut }: Found, width: number) {
  let query = -1;
  let at = 0;
  return () => {
    query++;
    const own = Array.from({ length: hitCounts[query] ?? 0 }, () => hitAt(hits, at++));
    const isGood = good[(query + 1) * HIT_WORDS - 1] !== NO_HIT;
    return {
      counts: counts.subarray(query * width, (query + 1) * width),
      hits: own,
      good: isGood ? hitAt(good, query) : undefined,
      cut: cut[query] === 1,
    };
  };
}

function hitAt(words: Uint32Array, at: number): Hit {
  const [a = 0, b = 0, c = 0, last = 0] = words.subarray(at * HIT_WORDS, (at + 1) * HIT_WORDS);
  return { a, b, c, distance: distanceOf(last), turn: turnOf(last) };
}

function describe({ a, b, c, distance, turn }: Hit, kind: MatchKind, names: Names, turned: boolean): Match {
  const { list, source, key, verdict, quality, disputed } = saidIn(a, b, c);
  return {
    list: names.nameOf("list", list),
    key,
    source: names.nameOf("source", source),
    verdict: names.nameOf("verdict", verdict),
    ...{ quality, disputed, kind, decides: kind === "sha256", distance },
    ...(turned && { turn: dihedralNames[turn] as DihedralName }),
  };
}

const nearestOf = (hits: readonly Hit[]): Hit | undefined =>
  hits.reduce<Hit | undefined>(
    (best, hit) => (best && best.distance <= hit.distance ? best : hit),
    undefined,
  );

const sum = (counts: Uint32Array | readonly number[]) => {
  let all = 0;
  for (const count of counts) all += count;
  return all;
};
