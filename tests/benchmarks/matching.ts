/**
 * The whole door for matching (threads, lists, metadata) against a bare shard in this thread, which has hashes only: what
 * all that an answer carries costs. Random hashes, compact, one list at distance 31; CPU time of all threads together.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createMatchIndex, type Entry, type MatchIndex } from "@wardline/hashing/index";
import { createShard, type Shard } from "@wardline/hashing/hamming";
import { queriesNear, randomHashes } from "./hashes.ts";
import { cpuOfProcess } from "./cpu.ts";
import { finding, type Report } from "./line.ts";

const HASHES = { usual: 1_000_000, large: 10_000_000 };
const WORDS = 8;
const HASH_BYTES = 32;
const QUERIES = 8_192;
const INSERTS = 50_000;
const LISTENING = 3_000;
/** With all that is known of it, at 10 million. */
const MOST_BYTES = 160;

export async function benchMatching(report: Report, { large }: { large: boolean }): Promise<void> {
  const count = large ? HASHES.large : HASHES.usual;
  const hashes = randomHashes(count + INSERTS, 1);
  const stored = hashes.subarray(0, count * WORDS);
  const more = hashes.subarray(count * WORDS);
  const size = `${(count / 1e6).toString()} M`;

  const before = process.memoryUsage.rss();
  const index = await createMatchIndex({
    lists: [{ id: "list", name: "List" }],
    threads: 1,
    capacity: count + INSERTS,
  });
  const building = await cost(() => index.build(entriesOf(stored)));
  await index.compact();
  reportBytes(report, size, count, process.memoryUsage.rss() - before, index.bytes);

  const shard = createShard({ capacity: count + INSERTS });
  const bareBuild = await cost(() => shard.build(stored));
  while (shard.compact(1_000_000));
  report(
    finding(`Matching, bulk build, ${size}`, [building / count, bareBuild / count], {
      unit: "µs of CPU a hash",
      against: "a bare shard's build",
      note: "With a list, source, verdict and key for each, from text.",
    }),
  );
  await reportQueries(report, size, index, shard, queriesNear(stored, QUERIES, 2));
  await reportDelay(report, size, index, queriesNear(stored, QUERIES, 3));
  await reportInserts(report, size, index, shard, more, count);
  await index.close();
}

function reportBytes(report: Report, size: string, count: number, resident: number, counted: number): void {
  report(
    finding(`Matching, memory, ${size}`, [resident / count, HASH_BYTES], {
      unit: "bytes a hash",
      against: "the bare hash",
      limit: MOST_BYTES / HASH_BYTES,
      note: `Of the process, as the system counts it; the index itself counts ${Math.round(counted / count)}. The limit is meant for 10 M.`,
    }),
  );
}

async function reportQueries(
  report: Report,
  size: string,
  index: MatchIndex,
  shard: Shard,
  queries: Uint32Array,
): Promise<void> {
  const texts = textsOf(queries);
  const eights = Array.from({ length: texts.length / 8 }, (_, at) => texts.slice(at * 8, at * 8 + 8));
  const bare = () => shard.queryBatch(queries, 31, 100);
  const single = () => index.matchAll(texts.map((pdq) => ({ pdq })));
  const turned = () => index.matchAll(eights.map((dihedral) => ({ dihedral })));
  for (const run of [bare, single, turned]) await run();
  const perQuery = async (run: () => unknown) => (await cost(run)) / texts.length;
  const start = performance.now();
  const one = await perQuery(single);
  const aSecond = (texts.length * 1000) / (performance.now() - start);
  const against = "a bare shard";
  report(
    finding(`Matching, one hash in batches, ${size}`, [one, await perQuery(bare)], {
      unit: "µs of CPU",
      against,
      note: `${Math.round(aSecond)} queries a second by the clock, on one searching thread.`,
    }),
  );
  report(
    finding(`Matching, each of eight turns, ${size}`, [await perQuery(turned), await perQuery(bare)], {
      unit: "µs of CPU",
      against,
    }),
  );
}

/** While it matches all the time, how late the main thread is. */
async function reportDelay(
  report: Report,
  size: string,
  index: MatchIndex,
  queries: Uint32Array,
): Promise<void> {
  const asked = textsOf(queries).map((pdq) => ({ pdq }));
  const idle = await delayWhile(() => new Promise((resolve) => setTimeout(resolve, LISTENING)));
  const busy = await delayWhile(async () => {
    const end = performance.now() + LISTENING;
    for (let at = 0; performance.now() < end; at = (at + 64) % asked.length)
      await index.matchAll(asked.slice(at, at + 64));
  });
  report(
    finding(`Matching, event loop, 99th percentile, ${size}`, [busy.p99, idle.p99], {
      unit: "ms",
      against: "the same when idle",
      note: `Mean ${busy.mean.toFixed(2)} against ${idle.mean.toFixed(2)} ms; batches of 64, one after another.`,
    }),
  );
}

async function reportInserts(
  report: Report,
  size: string,
  index: MatchIndex,
  shard: Shard,
  hashes: Uint32Array,
  firstKey: number,
): Promise<void> {
  const entries = [...entriesOf(hashes, firstKey)];
  const ours = await cost(() => index.add(entries));
  const bare = await cost(() => {
    for (let at = 0; at < hashes.length; at += WORDS) shard.add(hashes.subarray(at, at + WORDS));
  });
  report(
    finding(`Matching, insert, ${size}`, [ours / INSERTS, bare / INSERTS], {
      unit: "µs of CPU",
      against: "a bare shard",
      note: "Checked, folded, filed under list and key, acknowledged.",
    }),
  );
}

/** Microseconds of CPU, of all threads. */
async function cost(run: () => unknown): Promise<number> {
  const before = cpuOfProcess();
  await run();
  return cpuOfProcess() - before;
}

async function delayWhile(run: () => Promise<unknown>): Promise<{ p99: number; mean: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await run();
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, mean: delay.mean / 1e6 };
}

function* entriesOf(hashes: Uint32Array, firstKey = 0): Generator<Entry> {
  const [list, source, verdict] = ["list", "a member", "baseline"];
  const batch = 4096;
  for (let from = 0; from < hashes.length; from += batch * WORDS)
    for (const [at, pdq] of textsOf(hashes.subarray(from, from + batch * WORDS)).entries())
      yield { list, key: firstKey + from / WORDS + at, source, verdict, pdq };
}

/** Most significant byte first, as PDQ is written. */
function textsOf(hashes: Uint32Array): string[] {
  const all = Buffer.from(hashes.slice().buffer).swap32().toString("hex");
  return Array.from({ length: hashes.length / WORDS }, (_, at) => all.slice(at * 64, at * 64 + 64));
}
