/** Fills an index with so many entries in little memory, looks some up, and says how much memory it took at most. */
import { openExactIndex, type ExactEntry } from "@wardline/hashing/exact";
import { entriesOf, entryOf, key } from "../numbered.ts";

const [, , folder = "", how = "build", count = "0"] = process.argv;
const TOGETHER = 2000;
const MB = 1024 * 1024;
const entries = Number(count);

const index = await openExactIndex({ folder, key, memory: 16 * MB });
if (how === "build") await index.build(batches());
else for (const batch of batches()) await Promise.all(batch.map(add));

let wrong = 0;
for (let number = 0; number < entries; number += 997) {
  const { kind, digest, record } = entryOf(number);
  const found = await index.find(kind, digest);
  if (found.length !== 1 || Buffer.compare(found[0] ?? new Uint8Array(0), record) !== 0) wrong++;
}
await index.close();
process.stdout.write(JSON.stringify({ wrong, megabytes: process.resourceUsage().maxRSS / 1024 }));

function* batches(): Generator<ExactEntry[]> {
  for (let from = 0; from < entries; from += TOGETHER)
    yield entriesOf(from, Math.min(entries, from + TOGETHER));
}

function add({ kind, digest, record }: ExactEntry): Promise<void> {
  return index.add(kind, digest, record);
}
