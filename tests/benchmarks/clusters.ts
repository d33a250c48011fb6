/**
 * Grouping pictures, against comparing each with each: the time for all pairs is reckoned from a sample, which the shard's
 * own scan, the fastest here, compares with all.
 */
import { randomBytes } from "node:crypto";
import { createClusters, type Picture } from "@wardline/hashing/clusters";
import { createShard } from "@wardline/hashing/hamming";
import { pdqWords } from "@wardline/hashing/pdq";
import { costOf, costOfSync } from "./cpu.ts";
import { finding, type Report } from "./line.ts";

const SIZES = [10_000, 100_000, 1_000_000];
/** Hashes compared with all. */
const SAMPLE = 256;
/** Just beyond what the index answers: everything is compared. */
const SCANNED_DISTANCE = 32;
const CHANGES = 1000;

export async function benchClusters(report: Report): Promise<void> {
  for (const size of SIZES) await measure(size, report);
}

async function measure(size: number, report: Report): Promise<void> {
  const pictures = scene(size);
  const clusters = createClusters<number>();
  const grouped = await costOf(1, () => clusters.add(pictures));
  const compared = costOfPairs(pictures);
  const name = `clusters, ${size.toLocaleString("en")} pictures`;
  const note = `${clusters.count.toLocaleString("en")} groups`;
  const parts = { unit: "s of CPU", against: "comparing each with each" };
  report(finding(name, [grouped / 1e6, compared / 1e6], { ...parts, note }));

  const some = pictures.slice(0, CHANGES);
  const changed = await costOf(1, async () => {
    await clusters.remove(some.map(({ key }) => key));
    await clusters.add(some);
  });
  const scanned = (2 * compared) / size;
  const change = { unit: "µs of CPU", against: "comparing one with all" };
  report(finding(`${name}, a change`, [changed / (2 * CHANGES), scanned], change));
}

/** Microseconds for all pairs once. */
function costOfPairs(pictures: readonly Picture<number>[]): number {
  const hashes = new Uint32Array(pictures.length * 8);
  pictures.forEach(({ hash }, at) => hashes.set(pdqWords(hash), at * 8));
  const shard = createShard({ capacity: pictures.length });
  shard.build(hashes);
  const sample = hashes.subarray(0, SAMPLE * 8);
  const cost = costOfSync(1, () => shard.queryBatch(sample, SCANNED_DISTANCE, 0));
  return ((cost / SAMPLE) * pictures.length) / 2;
}

/** A case as they are: most pictures once, every fourteenth with four copies that differ by 1 to 16 bits. */
function scene(size: number): Picture<number>[] {
  const pictures: Picture<number>[] = [];
  const push = (hash: Buffer) => {
    const key = pictures.length;
    pictures.push({ key, hash: hash.toString("hex"), quality: 50 + (key % 51) });
  };
  for (let original = 0; pictures.length < size; original++) {
    const hash = randomBytes(32);
    push(hash);
    if (original % 14 > 0) continue;
    for (let copy = 1; copy <= 4; copy++) push(flipped(hash, 4 * copy));
  }
  return pictures.slice(0, size);
}

function flipped(hash: Buffer, bits: number): Buffer {
  const copy = Buffer.from(hash);
  for (const bit of randomBytes(bits)) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
