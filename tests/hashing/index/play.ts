/** The whole door against the model, through any additions, replacements, removals, compactions, and reopenings. */
import fc from "fast-check";
import { expect } from "vitest";
import {
  createMatchIndex,
  openMatchIndex,
  type Answer,
  type Entry,
  type MatchIndex,
  type Query,
} from "@wardline/hashing/index";
import { entries, expected, kinds, queries, rank, testLists } from "./model.ts";

export const keyOf = ({ list, key }: Entry) => `${list}/${key}`;

type Step =
  { add: Entry[] } | { remove: Entry[] } | { ask: Query[]; limit: number } | { does: "compact" | "reopen" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: fc.array(entries, { maxLength: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.array(entries, { maxLength: 6 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        ask: fc.array(queries, { minLength: 1, maxLength: 6 }),
        limit: fc.constantFrom(0, 1, 3, 100),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("compact" as const, "reopen" as const) }) },
  ),
  { minLength: 10, maxLength: 60, size: "max" },
);

/** Digests that an entry no longer has are the caller's to remove. */
async function add(index: MatchIndex, model: Map<string, Entry>, added: readonly Entry[]): Promise<void> {
  const last = new Map(added.map((entry) => [keyOf(entry), entry]));
  const changed = [...last.values()].flatMap((entry) => {
    const old = model.get(keyOf(entry));
    return old && kinds.some((kind) => old[kind] !== entry[kind]) ? [old] : [];
  });
  if (changed.length > 0) await index.remove(changed);
  await index.add([...last.values()]);
  for (const entry of last.values()) model.set(keyOf(entry), entry);
}

async function remove(
  index: MatchIndex,
  model: Map<string, Entry>,
  removed: readonly Entry[],
): Promise<void> {
  await index.remove(removed.map((entry) => model.get(keyOf(entry)) ?? entry));
  for (const entry of removed) model.delete(keyOf(entry));
}

export function compare(answer: Answer, model: Iterable<Entry>, query: Query, limit: number): void {
  const should = expected(testLists, model, query);
  expect(answer.total).toBe(should.total);
  expect(answer.matches.map(rank)).toEqual(should.matches.slice(0, limit).map(rank));
  for (const match of answer.matches) expect(should.matches).toContainEqual(match);
  expect(new Set(answer.matches.map((match) => JSON.stringify(match))).size).toBe(answer.matches.length);
  expect(answer.suppressedBy?.kind).toBe(should.suppressedBy?.kind);
  expect(answer.suppressedBy?.distance).toBe(should.suppressedBy?.distance);
}

/** Any sequence of calls, `runs` times, each in a folder that `newFolder` makes. */
export async function playAgainstModel(runs: number, newFolder: () => Promise<string>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(1, 2), async (sequence, threads) => {
      const store = { folder: await newFolder(), key: new Uint8Array(32).fill(1) };
      const options = { lists: testLists, threads, capacity: 1000, store };
      let index = await createMatchIndex(options);
      const model = new Map<string, Entry>();
      const reopen = async () => {
        await index.save("a mark");
        await index.close();
        index = await openMatchIndex(options);
        expect(index.mark).toBe("a mark");
      };
      try {
        for (const step of sequence) {
          if ("add" in step) await add(index, model, step.add);
          else if ("remove" in step) await remove(index, model, step.remove);
          else if ("does" in step) await (step.does === "compact" ? index.compact() : reopen());
          else {
            const answers = await index.matchAll(step.ask, { limit: step.limit });
            answers.forEach((answer, at) =>
              compare(answer, model.values(), step.ask[at] as Query, step.limit),
            );
          }
        }
        expect(index.entries).toBe([...model.values()].filter(({ pdq }) => pdq !== undefined).length);
      } finally {
        await index.close();
      }
    }),
    { numRuns: runs, endOnFailure: true },
  );
}
