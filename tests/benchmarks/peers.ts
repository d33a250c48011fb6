/**
 * The Hamming index against what else there is: Debian's faiss and a native scan with this machine's SIMD, on the same
 * hashes and queries, one thread each, in one run. Every peer's matches are counted and must be as many as ours.
 *
 *     npm run bench -- peers              up to 1 million hashes
 *     npm run bench -- peers --large      up to 10 million; 4 GB of memory, about ten minutes
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createShard, type Shard } from "@wardline/hashing/hamming";
import { clusteredHashes, queriesInFamilies, queriesNear, randomHashes } from "./hashes.ts";
import { finding, type Report } from "./line.ts";
import { inTemporaryFolder } from "./members.ts";
import { asked, compiled, missingFor } from "./native.ts";

const WORDS = 8;
const DISTANCE = 31;
/** Queries that the scan answers in one pass over the hashes: more of them gain nothing. */
const BATCH = 64;
/** What an answer is cut at: nobody reads more, and the total is told all the same. */
const LIMIT = 1000;
const SMALL = [10_000, 100_000, 1_000_000];
const LARGE = 10_000_000;
/** Queries of ours that are timed one by one. */
const QUERIES = 10_000;

interface Peer {
  readonly name: string;
  /** The most that ours may cost, as a part of the peer's, at 10 million random hashes. */
  readonly goal: number;
  /** Fewer where a query takes long, so that a peer takes seconds, not hours. */
  readonly queries: (hashes: number) => number;
  ask(hashes: string, queries: string): Promise<{ matches: number; microseconds: number }>;
}

/** Hashes, and what is looked for in them. */
interface Data {
  readonly kind: "random" | "clustered";
  readonly hashes: Uint32Array;
  readonly queries: (hashes: Uint32Array, count: number, seed: number) => Uint32Array;
}

export async function benchPeers(report: Report, { large }: { large: boolean }): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const peers = await peersIn(folder);
    for (const count of large ? [...SMALL, LARGE] : SMALL) {
      const random = randomHashes(count, 1);
      await compare(report, folder, peers, { kind: "random", hashes: random, queries: queriesNear });
      const clustered = clusteredHashes(count, 2);
      const data: Data = { kind: "clustered", hashes: clustered, queries: queriesInFamilies };
      await compare(report, folder, peers.slice(0, 2), data);
    }
  });
}

/** The scans first: they are there wherever a compiler is. */
async function peersIn(folder: string): Promise<Peer[]> {
  const noCompiler = missingFor("compiler");
  if (noCompiler !== undefined) {
    process.stderr.write(`No native peers without a C++ compiler: ${noCompiler}\n`);
    return [];
  }
  const scan = await compiled("scan", folder);
  const scanning = (batch: number): Peer["ask"] => {
    return (hashes, queries) => asked(scan, hashes, queries, String(DISTANCE), String(batch));
  };
  const scans: Peer[] = [
    {
      ...{ name: `a native scan, ${BATCH} at a time`, goal: 1 / 30, ask: scanning(BATCH) },
      queries: (hashes) => BATCH * (hashes > 1e6 ? 2 : 8),
    },
    {
      ...{ name: "a native scan, one at a time", goal: 1 / 30, ask: scanning(1) },
      queries: (hashes) => (hashes > 1e6 ? 50 : 500),
    },
  ];
  const noFaiss = missingFor("faiss");
  if (noFaiss !== undefined) {
    process.stderr.write(`No faiss to compare with: ${noFaiss}\n`);
    return scans;
  }
  const faiss = await compiled("faiss", folder, ["-lfaiss", "-lgomp", "-lblas", "-llapack"]);
  const asking = (kind: string): Peer["ask"] => {
    return (hashes, queries) => asked(faiss, hashes, queries, String(DISTANCE), kind);
  };
  return [
    ...scans,
    {
      ...{ name: "faiss IndexBinaryFlat", goal: 1 / 1000, ask: asking("flat") },
      queries: (hashes) => (hashes > 1e6 ? 20 : 100),
    },
    {
      ...{ name: "faiss IndexBinaryMultiHash", goal: 1 / 100, ask: asking("multihash") },
      queries: () => 200,
    },
  ];
}

async function compare(
  report: Report,
  folder: string,
  peers: readonly Peer[],
  { kind, hashes, queries }: Data,
): Promise<void> {
  const count = hashes.length / WORDS;
  const shard = createShard({ capacity: count });
  shard.build(hashes);
  const name = `Hamming query, ${count.toLocaleString("en")} ${kind} hashes`;
  const isAtGoal = count === LARGE;
  const hashFile = await written(join(folder, "hashes"), hashes);
  for (const peer of peers) {
    const asking = queries(hashes, peer.queries(count), 4);
    const ours = timed(shard, queries(hashes, QUERIES, 3));
    const theirs = await peer.ask(hashFile, await written(join(folder, "queries"), asking));
    mustAgree(peer, theirs.matches, totalOf(shard, asking));
    const against = { unit: "µs a query", against: peer.name };
    const limit = isAtGoal && kind === "random" ? { limit: peer.goal } : {};
    const means: [number, number] = [ours.mean, theirs.microseconds];
    report(finding(`${name}, against ${peer.name}`, means, { ...against, ...limit }));
    if (peer !== peers[1]) continue;
    // A query may meet a whole family: its 99th percentile is held against what a scan takes for one query.
    const late = isAtGoal && kind === "clustered" ? { limit: 1 / 10 } : {};
    const percentiles: [number, number] = [ours.percentile99, theirs.microseconds];
    report(finding(`${name}, 99th percentile, against ${peer.name}`, percentiles, { ...against, ...late }));
  }
}

async function written(path: string, { buffer, byteOffset, byteLength }: Uint32Array): Promise<string> {
  await writeFile(path, new Uint8Array(buffer, byteOffset, byteLength));
  return path;
}

/** Microseconds for one query: of all of them, and of those that take longest. */
function timed(shard: Shard, queries: Uint32Array): { mean: number; percentile99: number } {
  const times = new Float64Array(queries.length / WORDS);
  for (let query = 0; query < times.length; query++) {
    const hash = queries.subarray(query * WORDS, (query + 1) * WORDS);
    const started = performance.now();
    shard.query(hash, DISTANCE, LIMIT);
    times[query] = (performance.now() - started) * 1000;
  }
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { mean, percentile99: times.toSorted()[Math.floor(times.length * 0.99)] ?? NaN };
}

function totalOf(shard: Shard, queries: Uint32Array): number {
  return shard.queryBatch(queries, DISTANCE, 0).reduce((sum, { total }) => sum + total, 0);
}

function mustAgree({ name }: Peer, theirs: number, ours: number): void {
  if (theirs !== ours) throw new Error(`${name} found ${theirs} matches where ours found ${ours}.`);
}
