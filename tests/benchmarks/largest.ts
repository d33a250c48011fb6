/**
 * The largest lists there are: 100 million hashes over processes, and their SHA-256 digests on disk, in one machine's
 * memory. Only with `--large`: it takes 16 GB of memory, 5 GB of disk and about ten minutes.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openExactIndex, type ExactEntry, type ExactIndex } from "@wardline/hashing/exact";
import { createDraw, queriesNear, randomHashes } from "./hashes.ts";
import { finding, type Report } from "./line.ts";
import { inTemporaryFolder } from "./members.ts";
import type { ShardQuestion } from "./shard-process.ts";

const WORDS = 8;
const DIGEST_BYTES = 32;
const PROCESSES = 2;
const SHARDS = 4;
const HASHES = 12_500_000;
const ALL = PROCESSES * SHARDS * HASHES;
const BATCH = 1000;
const BATCHES = 10;
const GIB = 2 ** 30;
/** What the whole may take, and how many queries a second it must answer. */
const MOST_MEMORY = 16 * GIB;
const LEAST_QUERIES = 2000;
const DIGESTS_A_BATCH = 10_000;

export async function benchLargest(report: Report, { large }: { large: boolean }): Promise<void> {
  if (!large) return void process.stderr.write("The largest lists are measured with --large only.\n");
  const children = Array.from({ length: PROCESSES }, () =>
    fork(fileURLToPath(new URL("shard-process.ts", import.meta.url))),
  );
  try {
    await inTemporaryFolder(async (folder) => measure(report, children, join(folder, "exact")));
  } finally {
    for (const child of children) child.disconnect();
  }
}

async function measure(report: Report, children: readonly ChildProcess[], folder: string): Promise<void> {
  const started = performance.now();
  const seedOf = (at: number) => 100 * (at + 1);
  const held = await sum(children, (at) => ({
    do: "build",
    shards: SHARDS,
    hashes: HASHES,
    seed: seedOf(at),
  }));
  if (held !== ALL) throw new Error(`${held} hashes were built, not ${ALL}.`);
  const built = (performance.now() - started) / 1000;

  const stored = randomHashes(BATCH * BATCHES, seedOf(0));
  const asked = performance.now();
  let matches = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const part = stored.subarray(batch * BATCH * WORDS, (batch + 1) * BATCH * WORDS);
    const queries = [...queriesNear(part, BATCH, batch)];
    matches += await sum(children, () => ({ do: "ask", queries, distance: 31, limit: 100 }));
  }
  const rate = (BATCHES * BATCH) / ((performance.now() - asked) / 1000);
  if (matches === 0) throw new Error("Not one of the planted neighbours was found.");

  const index = await openExactIndex({ folder, key: randomBytes(32) });
  const filling = performance.now();
  await index.build(digests());
  const filled = (performance.now() - filling) / 1000;
  const exactRate = await lookUps(index);
  const memory = process.memoryUsage.rss() + (await sum(children, () => ({ do: "memory" })));
  await index.close();

  const name = `${(ALL / 1e6).toString()} million`;
  report(
    finding(`${name} hashes with digests, memory`, [memory / GIB, (ALL * DIGEST_BYTES) / GIB], {
      unit: "GiB",
      against: "the bare hashes",
      limit: MOST_MEMORY / (ALL * DIGEST_BYTES),
      note: `Hashes built in ${Math.round(built)} s by ${PROCESSES} processes; digests in ${Math.round(filled)} s`,
    }),
  );
  report(
    finding(
      `Hamming query, ${ALL.toLocaleString("en")} random hashes, ${PROCESSES} processes in batches`,
      [1e6 / rate, 1e6 / LEAST_QUERIES],
      {
        unit: "µs",
        against: `${LEAST_QUERIES} queries a second`,
        limit: 1,
        note: `${Math.round(rate)} queries a second, everything within 31 bits`,
      },
    ),
  );
  report(
    finding(`${name} digests, time a look-up in batches`, [1e6 / exactRate, 1e6 / LEAST_QUERIES], {
      unit: "µs",
      against: `${LEAST_QUERIES} queries a second`,
      limit: 1,
    }),
  );
}

function* digests(): Iterable<ExactEntry[]> {
  const draw = createDraw(7);
  for (let done = 0; done < ALL; done += DIGESTS_A_BATCH) {
    const bytes = new Uint8Array(draw.words(DIGESTS_A_BATCH * WORDS).buffer);
    yield Array.from({ length: DIGESTS_A_BATCH }, (_, at) => {
      const digest = bytes.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
      return { kind: "sha256", digest, record: digest.subarray(0, 16) };
    });
  }
}

/** Look-ups a second, half of them of digests that are there. */
async function lookUps(index: ExactIndex): Promise<number> {
  const [first = []] = digests();
  const queries = first.map(({ kind, digest }, at) => ({
    kind,
    digest: at % 2 === 0 ? digest : Uint8Array.from(randomBytes(DIGEST_BYTES)),
  }));
  const started = performance.now();
  const found = await index.findBatch(queries);
  const spent = (performance.now() - started) / 1000;
  if (found.filter(({ length }) => length > 0).length !== queries.length / 2)
    throw new Error("Not every digest was found, or one that is not there was.");
  return queries.length / spent;
}

/** Asks all processes at once; the sum of what they answer. */
async function sum(
  children: readonly ChildProcess[],
  question: (at: number) => ShardQuestion,
): Promise<number> {
  const answers = children.map(async (child, at) => {
    child.send(question(at));
    const [answer] = (await once(child, "message")) as [number];
    return answer;
  });
  return (await Promise.all(answers)).reduce((total, answer) => total + answer, 0);
}
