/** Synthetic hashes, and the rule of the groups in its plainest form. */
import { hammingDistance } from "@wardline/hashing/pdq";
import type { Clusters, Picture } from "@wardline/hashing/clusters";

export type Random = () => number;

/** Numbers from 0 up to 1 that repeat with the seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const anyHash = (random: Random): string =>
  Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join("");

/** The hash with so many different bits flipped. */
export function flipped(hash: string, bits: number, random: Random): string {
  const digits = [...hash].map((digit) => parseInt(digit, 16));
  const chosen = new Set<number>();
  while (chosen.size < bits) chosen.add(Math.floor(random() * 256));
  for (const bit of chosen) digits[bit >> 2] = (digits[bit >> 2] ?? 0) ^ (1 << (bit & 3));
  return digits.map((digit) => digit.toString(16)).join("");
}

/** Each picture's key with the key of its representative, by the rule as it is written. */
export function groupsByRule(
  pictures: readonly Picture<string>[],
  distance: number,
  floor: number,
): Map<string, string> {
  const ofHash = Map.groupBy(pictures, ({ hash }) => hash);
  const nodes = [...ofHash].map(([hash, all]) => {
    const sorted = all.toSorted((a, b) => b.quality - a.quality || (a.key < b.key ? -1 : 1));
    return { hash, quality: sorted[0]?.quality ?? 0, best: sorted[0]?.key ?? "", all };
  });
  nodes.sort((a, b) => b.quality - a.quality || (a.hash < b.hash ? -1 : 1));
  const leaders: typeof nodes = [];
  const result = new Map<string, string>();
  for (const node of nodes) {
    const near = leaders
      .map((leader) => ({ leader, bits: hammingDistance(leader.hash, node.hash) }))
      .filter(({ bits }) => node.quality >= floor && bits <= distance);
    // Leaders stand in the order of rank, and sorting keeps it among equally near ones.
    const nearest = near.toSorted((a, b) => a.bits - b.bits)[0];
    if (nearest === undefined) leaders.push(node);
    for (const { key } of node.all) result.set(key, nearest?.leader.best ?? node.best);
  }
  return result;
}

/** The same of clusters, by what they tell of each key. */
export function groupsOf(clusters: Clusters<string>, keys: Iterable<string>): Map<string, string> {
  return new Map([...keys].map((key) => [key, clusters.groupOf(key)?.representative ?? "none"]));
}
