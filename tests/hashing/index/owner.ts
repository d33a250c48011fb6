/**
 * A program that feeds an index from a store that never ends, saves it now and then, and says what was acknowledged:
 * to be killed at any moment. Its store is a function: position n gives change n.
 */
import { fileURLToPath } from "node:url";
import { openOrRebuild, type Entry, type MatchIndex, type MatchIndexOptions } from "@wardline/hashing/index";
import { digestOf, hashOf } from "./model.ts";

const CHANGES_AT_ONCE = 40;

/** Some entries stand in for others, some go again. */
export function changeAt(position: number): { add: Entry } | { remove: Entry } {
  if (position % 5 === 4) return { remove: entryAt(position - 3) };
  return { add: entryAt(position) };
}

const entryAt = (position: number): Entry => ({
  list: "usual",
  key: position % 3000,
  source: `member ${position % 400}`,
  verdict: "baseline",
  pdq: hashOf(position % 2500),
  sha256: digestOf("sha256", position % 3000),
});

export const options = (folder: string): MatchIndexOptions => ({
  lists: [{ id: "usual", name: "The field's thresholds" }],
  store: { folder, key: new Uint8Array(32).fill(7) },
  threads: 2,
  capacity: 20_000,
});

/** The changes from one position to another, in order. */
export async function feed(index: MatchIndex, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) {
    const change = changeAt(at);
    await ("add" in change ? index.add([change.add]) : index.remove([change.remove]));
  }
}

async function run(folder: string): Promise<never> {
  let position = 0;
  const index = await openOrRebuild(options(folder), async (_, mark = "0") => void (position = Number(mark)));
  for (let round = 0; ; round++) {
    await feed(index, position, position + CHANGES_AT_ONCE);
    position += CHANGES_AT_ONCE;
    process.stdout.write(`added ${position}\n`);
    if (round % 3 === 2)
      await index.save(String(position)).then(() => process.stdout.write(`saved ${position}\n`));
  }
}

const [, program, folder] = process.argv;
if (program === fileURLToPath(import.meta.url) && folder !== undefined) await run(folder);
