/** Exact look-up against LevelDB alone with the same digests and records: building, finding, adding, room on the disk. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openExactIndex, type ExactEntry } from "@wardline/hashing/exact";
import { openLevelStore } from "../../node/store/level.ts";
import { costOf, rest } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";

const ENTRIES = { usual: 1_000_000, large: 10_000_000 };
const BATCH = 5000;
const LOOKUPS = 10_000;
const ROUNDS = 3;
const MB = 1024 * 1024;

export async function benchExact(report: Report, { large }: { large: boolean }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-bench-"));
  try {
    await measure(folder, large ? ENTRIES.large : ENTRIES.usual, report);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(folder: string, entries: number, report: Report): Promise<void> {
  const folders = { ours: join(folder, "exact"), level: join(folder, "level") };
  const index = await openExactIndex({ folder: folders.ours, key: randomBytes(32) });
  const level = await openLevelStore(folders.level, { cache: 8 * MB, writeBuffer: 8 * MB, create: true });
  const name = (what: string) => `exact, ${what}, ${entries / 1e6} million`;
  const against = "LevelDB alone";

  const builtOurs = await costOf(1, () => index.build(batches(entries)));
  const builtLevel = await costOf(1, async () => {
    for (const batch of batches(entries)) await level.batch(batch.map(putting));
    await rest();
  });
  const perEntry = { unit: "µs of CPU an entry", against };
  report(finding(name("building"), [builtOurs / entries, builtLevel / entries], perEntry));

  const known = sample(entries);
  const unknown = Array.from({ length: LOOKUPS }, () => entry(randomBytes(48)));
  for (const [which, queries] of [
    ["known", known],
    ["unknown", unknown],
  ] as const) {
    const rounds: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const ours = await costOf(1, () => index.findBatch(queries));
      const theirs = await costOf(1, () => Promise.all(queries.map(({ digest }) => level.get(digest))));
      rounds.push([ours / LOOKUPS, theirs / LOOKUPS]);
    }
    const of = (at: 0 | 1) => median(rounds.map((round) => round[at]));
    report(finding(name(`finding ${which}`), [of(0), of(1)], { unit: "µs of CPU", against }));
  }

  const fresh = Array.from({ length: LOOKUPS }, () => entry(randomBytes(48)));
  const added = await costOf(1, () =>
    Promise.all(fresh.map(({ kind, digest, record }) => index.add(kind, digest, record))),
  );
  const put = await costOf(1, () => level.batch(fresh.map(putting)));
  report(finding(name("adding"), [added / LOOKUPS, put / LOOKUPS], perEntry));

  await index.compact();
  const room = [await bytesIn(folders.ours), await bytesIn(folders.level)].map((bytes) => bytes / entries);
  const parts = {
    unit: "bytes an entry",
    against,
    note: "48 bytes of digest and record each; ours are sealed",
  };
  report(finding(name("on the disk"), [room[0] ?? NaN, room[1] ?? NaN], parts));
  await index.close();
  await level.close();
}

/** Digest and record from 48 bytes. */
const entry = (bytes: Buffer): ExactEntry => ({
  kind: "sha256",
  digest: bytes.subarray(0, 32),
  record: bytes.subarray(32),
});

const putting = ({ digest, record }: ExactEntry) => ({ type: "put" as const, key: digest, value: record });

/** The same entries each time: bytes of a generator that repeats, since all of them at once would fill memory. */
function* batches(entries: number): Generator<ExactEntry[]> {
  for (let from = 0; from < entries; from += BATCH)
    yield Array.from({ length: Math.min(BATCH, entries - from) }, (_, at) => numbered(from + at));
}

/** Entries from all over. */
function sample(entries: number): ExactEntry[] {
  return Array.from({ length: LOOKUPS }, (_, at) => numbered((at * 7919 + 31) % entries));
}

function numbered(number: number): ExactEntry {
  const bytes = Buffer.allocUnsafe(48);
  let state = number + 1;
  for (let at = 0; at < bytes.length; at += 4) {
    // One round of a mixing function (murmur3's finaliser) for each word.
    state = Math.imul(state ^ (state >>> 16), 0x85ebca6b) + at;
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    bytes.writeInt32LE(state ^ (state >>> 16), at);
  }
  return entry(bytes);
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
