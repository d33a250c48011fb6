/** What the index must answer, by looking at every entry; and arbitrary entries and queries that meet each other often. */
import fc from "fast-check";
import type { Entry, ListSettings, Match, MatchKind, Query } from "@wardline/hashing/index";
import { dihedralNames, hammingDistance } from "@wardline/hashing/pdq";

export const kinds = ["sha256", "sha1", "md5"] as const;
const digits = { sha256: 64, sha1: 40, md5: 32 };

const none: readonly string[] = [];

export interface Expected {
  total: number;
  /** From strong to weak and near to far; which of equals comes first is not promised. */
  matches: Match[];
  suppressedBy?: { kind: MatchKind; distance: number };
}

export function expected(lists: readonly ListSettings[], entries: Iterable<Entry>, query: Query): Expected {
  const seen = [...entries].flatMap((entry) => {
    const list = lists.find(({ id }) => id === entry.list);
    const isSeen = list && (list.audience === undefined || (query.audiences ?? none).includes(list.audience));
    return isSeen ? [{ entry, list }] : [];
  });
  const exact = seen.flatMap(({ entry, list }) =>
    kinds
      .filter((kind) => query[kind] !== undefined && query[kind] === entry[kind])
      .map((kind) => ({ good: list.knownGood, match: describe(entry, kind, 0) })),
  );
  const near = seen.flatMap(({ entry, list }) => {
    const found = nearest(entry, query);
    const { quality: floor = 50, distance = 31 } = list;
    const isPoor = Math.min(entry.quality ?? 100, query.quality ?? 100) < floor;
    if (!found || isPoor || found.distance > distance) return [];
    return [{ good: list.knownGood, match: describe(entry, "pdq", found.distance, found.turn) }];
  });
  if (exact.some(({ good, match }) => good && match.kind === "sha256"))
    return { total: 0, matches: [], suppressedBy: { kind: "sha256", distance: 0 } };
  const good = Math.min(...near.filter((one) => one.good).map(({ match }) => match.distance));
  const matches = [...exact, ...near.filter(({ match }) => match.distance < good)]
    .filter((one) => !one.good)
    .map(({ match }) => match)
    .sort((a, b) => rank(a) - rank(b));
  return {
    total: matches.length,
    matches,
    ...(good < Infinity && { suppressedBy: { kind: "pdq" as const, distance: good } }),
  };
}

/** By which answers are ordered. */
export const rank = ({ kind, distance }: Match): number =>
  kind === "pdq" ? kinds.length + distance : kinds.indexOf(kind);

function nearest({ pdq }: Entry, query: Query): { distance: number; turn?: Match["turn"] } | undefined {
  const turns = query.dihedral ?? (query.pdq === undefined ? [] : [query.pdq]);
  if (pdq === undefined || turns.length === 0) return undefined;
  const distances = turns.map((turn) => hammingDistance(turn, pdq));
  const distance = Math.min(...distances);
  return { distance, ...(query.dihedral && { turn: dihedralNames[distances.indexOf(distance)] }) };
}

function describe(entry: Entry, kind: MatchKind, distance: number, turn?: Match["turn"]): Match {
  const { list, key, source, verdict, quality = 100, disputed = false } = entry;
  const told = { list, key, source, verdict, quality, disputed, kind, decides: kind === "sha256", distance };
  return { ...told, ...(turn && { turn }) };
}

/** `seed` as a hash that looks random, with some bits flipped. */
export function hashOf(seed: number, flips: readonly number[] = []): string {
  let value = 0n;
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
  for (let word = 0; word < 4; word++) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    value = (value << 64n) | (state ^ (state >> 29n));
  }
  for (const bit of new Set(flips)) value ^= 1n << BigInt(bit);
  return (value & ((1n << 256n) - 1n)).toString(16).padStart(64, "0");
}

export const digestOf = (kind: (typeof kinds)[number], seed: number) =>
  hashOf(seed + 1000).slice(0, digits[kind]);

/** Hashes around few centres, at every distance that lists care about. */
export const hashes = fc
  .tuple(fc.nat(3), fc.oneof(fc.constant([]), fc.array(fc.nat(255), { maxLength: 70 })))
  .map(([seed, flips]) => hashOf(seed, flips));

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const digests = {
  sha256: some(fc.nat(4).map((seed) => digestOf("sha256", seed))),
  sha1: some(fc.nat(4).map((seed) => digestOf("sha1", seed))),
  md5: some(fc.nat(4).map((seed) => digestOf("md5", seed))),
};

export const testLists: readonly ListSettings[] = [
  { id: "usual", name: "The field's thresholds" },
  { id: "narrow", name: "Near ones, poor ones too", distance: 8, quality: 0 },
  { id: "wide", name: "Far ones, good ones only", distance: 63, quality: 80 },
  { id: "equal", name: "Equal ones", distance: 0, audience: "XA" },
  { id: "theirs", name: "For another audience", audience: "XB", distance: 40 },
  { id: "harmless", name: "Known good", knownGood: true, distance: 20 },
  { id: "their-harmless", name: "Known good, for one audience", knownGood: true, audience: "XB" },
];
/** Entries can be of lists that nobody set up. */
const listIds = [...testLists.map(({ id }) => id), "unknown"];

/** Optional members that are undefined are left out, as callers do. */
const compact = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

export const entries: fc.Arbitrary<Entry> = fc
  .record({
    list: fc.constantFrom(...listIds),
    key: fc.constantFrom(0, 1, 2, 3, 2 ** 32, 2 ** 32 + 1, 2 ** 48 - 1),
    source: fc.constantFrom("hotline a", "hotline b"),
    verdict: fc.constantFrom("baseline", "national"),
    quality: some(fc.constantFrom(0, 49, 50, 79, 80, 100)),
    disputed: some(fc.boolean()),
    pdq: some(hashes),
    ...digests,
  })
  .map((entry) => compact(entry) as Entry)
  .filter((entry) => entry.pdq !== undefined || kinds.some((kind) => entry[kind] !== undefined));

export const queries: fc.Arbitrary<Query> = fc
  .record({
    pdq: some(hashes),
    dihedral: some(fc.array(hashes, { minLength: 8, maxLength: 8 })),
    quality: some(fc.constantFrom(0, 49, 50, 80, 100)),
    audiences: some(fc.subarray(["XA", "XB", "XC"])),
    ...digests,
  })
  .map((query) => compact(query) as Query);
