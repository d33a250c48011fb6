/**
 * One shard of the Hamming index at growing sizes: a query within 31 bits against comparing with every hash, by the same
 * kernel and by the plain twin; on random hashes and on clustered ones; what adding and memory cost.
 */
import { createShard, type Shard } from "@wardline/hashing/hamming";
import { costOfSync } from "./cpu.ts";
import { clusteredHashes, MOST_IN_FAMILY, queriesInFamilies, randomHashes } from "./hashes.ts";
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
  const queries = oneByOne(randomHashes(QUERIES, 2));
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
  const more = oneByOne(randomHashes(ADDED, 5));
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
  const hashes = clusteredHashes(size, 2);
  const shard = createShard({ capacity: size });
  shard.build(hashes);
  const queries = oneByOne(queriesInFamilies(hashes, QUERIES / 4, 3));
  const ours = wallTimes(queries, (query) => shard.query(query, DISTANCE, LIMIT));
  const scan = wallTimes(queries.slice(0, 50), (query) => shard.query(query, SCANNED, LIMIT));
  report(
    finding(`Hamming query, ${size.toLocaleString("en")} hashes, clustered, p99`, [ours.p99, scan.p99], {
      unit: "µs",
      against: "WebAssembly scan, p99",
      note: `at most ${LIMIT} results of up to ${MOST_IN_FAMILY.toLocaleString("en")}; median ${rounded(ours.p50)} µs`,
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

const oneByOne = (hashes: Uint32Array): Uint32Array[] =>
  Array.from({ length: hashes.length / 8 }, (_, at) => hashes.subarray(at * 8, at * 8 + 8));
