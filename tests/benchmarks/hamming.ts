/**
 * One shard of the Hamming index at growing sizes: a query within 31 bits against comparing with every hash, by the same
 * kernel and by the plain twin; on random hashes and on clustered ones; what adding and memory cost.
 */
import { createShard, type Shard } from "@wardline/hashing/hamming";
import { costOfSync } from "./cpu.ts";
import { finding, median, rounded, type Report } from "./line.ts";

const SIZES = [10_000, 100_000, 1_000_000];
const LARGE = 10_000_000;
const DISTANCE = 31;
/** The nearest distance that is answered by comparing with every hash. */
const SCANNED = 32;
const LIMIT = 1000;
const QUERIES = 4000;
const ROUNDS = 4;
const SCANS = 20;
/** Of the largest cluster: as many pictures of one series as lists hold. */
const MOST_IN_CLUSTER = 20_000;
/** Bits by which members of a cluster differ from its centre, at most, and queries from members. */
const SPREAD = 20;

export function benchHamming(report: Report, { large }: { large: boolean }): void {
  for (const size of large ? [...SIZES, LARGE] : SIZES) {
    randomly(report, size);
    clustered(report, size);
  }
}

function randomly(report: Report, size: number): void {
  const hashes = randomHashes(size, 1);
  const shard = createShard({ capacity: size + ADDED });
  const built = seconds(() => shard.build(hashes));
  const queries = Array.from({ length: QUERIES }, (_, at) => randomHashes(1, at + 2));
  const ask = (at: number) => shard.query(queries[at % QUERIES] as Uint32Array, DISTANCE, LIMIT);
  costOfSync(QUERIES, ask);
  const rounds = Array.from({ length: ROUNDS }, () => costOfSync(QUERIES, ask));
  const mean = median(rounds);
  const { p99 } = wallTimes(queries, (query) => shard.query(query, DISTANCE, LIMIT));
  const unit = "µs of CPU";
  const name = `Hamming query, ${size.toLocaleString("en")} hashes`;
  const note = `99th percentile ${rounded(p99)} µs; built in ${rounded(built)} s`;
  const scan = scanCost(shard, queries);
  report(finding(`${name}, random`, [mean, scan], { unit, against: "WebAssembly scan", note }));

  const plain = createShard({ capacity: size, plain: true });
  plain.build(hashes);
  const plainly = costOfSync(3, (at) => plain.query(queries[at] as Uint32Array, DISTANCE, LIMIT));
  report(finding(`${name}, random`, [mean, plainly], { unit, against: "plain TypeScript scan" }));

  const against = "the hash itself";
  report(finding(`${name}: memory`, [shard.bytes / size, 32], { unit: "bytes a hash", against }));
  additions(report, shard, size);
}

const ADDED = 20_000;

function additions(report: Report, shard: Shard, size: number): void {
  const more = Array.from({ length: ADDED }, (_, at) => randomHashes(1, size + at));
  const plain = createShard({ capacity: ADDED, plain: true });
  const adding = costOfSync(ADDED, (at) => shard.add(more[at] as Uint32Array));
  const plainly = costOfSync(ADDED, (at) => plain.add(more[at] as Uint32Array));
  const compacted = seconds(() => {
    while (shard.compact(1_000_000));
  });
  report(
    finding(`Hamming addition to ${size.toLocaleString("en")} hashes`, [adding, plainly], {
      unit: "µs of CPU",
      against: "plain twin, which keeps a list",
      note: `${ADDED.toLocaleString("en")} of them compacted in ${rounded(compacted)} s`,
    }),
  );
}

function clustered(report: Report, size: number): void {
  const hashes = clusters(size);
  const shard = createShard({ capacity: size });
  shard.build(hashes);
  const next = numbers(3);
  const queries = Array.from({ length: QUERIES / 4 }, () => {
    const member = (size >> 1) + (next() % (size >> 1));
    return flip(hashes.slice(member * 8, member * 8 + 8), 0, next() % SPREAD, next);
  });
  const ours = wallTimes(queries, (query) => shard.query(query, DISTANCE, LIMIT));
  const scan = wallTimes(queries.slice(0, 50), (query) => shard.query(query, SCANNED, LIMIT));
  report(
    finding(`Hamming query, ${size.toLocaleString("en")} hashes, clustered, p99`, [ours.p99, scan.p99], {
      unit: "µs",
      against: "WebAssembly scan, p99",
      note: `at most ${LIMIT} results of up to ${MOST_IN_CLUSTER.toLocaleString("en")}; median ${rounded(ours.p50)} µs`,
    }),
  );
}

function scanCost(shard: Shard, queries: readonly Uint32Array[]): number {
  const scan = (at: number) => shard.query(queries[at] as Uint32Array, SCANNED, LIMIT);
  costOfSync(SCANS, scan);
  return costOfSync(SCANS, scan);
}

/**
 * Microseconds by the clock, of each query the fastest of some rounds: the percentiles are to tell how queries differ, not
 * what else the machine did.
 */
function wallTimes(queries: readonly Uint32Array[], ask: (query: Uint32Array) => unknown) {
  const fastest = queries.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, query] of queries.entries())
      fastest[at] = Math.min(fastest[at] as number, seconds(() => ask(query)) * 1e6);
  fastest.sort((a, b) => a - b);
  const at = (share: number) => fastest[Math.floor(fastest.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

function seconds(work: () => void): number {
  const before = performance.now();
  work();
  return (performance.now() - before) / 1000;
}

/** Half of them random, half in clusters whose sizes are spread as series are: few large, many small. */
function clusters(size: number): Uint32Array {
  const hashes = randomHashes(size, 2);
  const next = numbers(4);
  for (let first = size >> 1; first < size;) {
    const end = Math.min(size, first + Math.min(MOST_IN_CLUSTER, Math.ceil((5 * 2 ** 32) / (next() + 1))));
    for (let member = first; member < end; member++) {
      hashes.copyWithin(member * 8, first * 8, first * 8 + 8);
      if (member > first) flip(hashes, member * 8, next() % (SPREAD + 1), next);
    }
    first = end;
  }
  return hashes;
}

function flip(hashes: Uint32Array, start: number, bits: number, next: () => number): Uint32Array {
  for (let flipped = 0; flipped < bits; flipped++) {
    const bit = next() & 255;
    hashes[start + (bit >> 5)] = (hashes[start + (bit >> 5)] as number) ^ (1 << (bit & 31));
  }
  return hashes;
}

function randomHashes(count: number, seed: number): Uint32Array {
  const next = numbers(seed);
  const hashes = new Uint32Array(count * 8);
  for (let at = 0; at < hashes.length; at++) hashes[at] = next();
  return hashes;
}

/** Whole numbers below 2^32 that repeat with the seed (SplitMix32). */
function numbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
