/** The index against a set of pairs, through any sequence of steps. */
import fc from "fast-check";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { openExactIndex, type ExactEntry, type ExactIndex } from "@wardline/hashing/exact";
import { addAll, digestOf, entriesOf, found, key, LITTLE, recordOf } from "./support.ts";

/** Few digests and fewer records, so that additions and removals meet in all layers. */
const DIGESTS = 40;
const pair = fc.tuple(fc.nat(DIGESTS - 1), fc.nat(4));
const entry = ([digest, record]: readonly [number, number]): ExactEntry => ({
  kind: "sha256",
  digest: digestOf("sha256", digest),
  record: recordOf(record),
});
const all = Array.from({ length: DIGESTS }, (_, digest) => entry([digest, 0]));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant("add" as const), what: fc.array(pair) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("remove" as const), what: fc.array(pair) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("build" as const), what: fc.array(pair) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("reopen" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("compact" as const) }) },
  // More than a table holds: what is in memory becomes a run, and runs are merged, while the next steps go on.
  { weight: 1, arbitrary: fc.record({ does: fc.constant("flood" as const), from: fc.nat(3) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Any additions, removals, builds, merges and openings leave what a set of pairs would; so many sequences of them. */
export async function expectAsSet(sequences: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const folder = await mkdtemp(join(tmpdir(), "wardline-exact-"));
      const open = () => openExactIndex({ folder, key, memory: LITTLE });
      let index = await open();
      let model = new Set<string>();
      try {
        for (const one of steps) {
          if (one.does === "reopen") {
            await index.close();
            index = await open();
          } else model = await take(one, index, model);
          expect(await found(index, all)).toEqual(answersOf(model));
        }
        await index.verify();
      } finally {
        await index.close();
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: sequences },
  );
}

async function take(one: Step, index: ExactIndex, model: Set<string>): Promise<Set<string>> {
  switch (one.does) {
    case "add":
      await addAll(index, one.what.map(entry));
      return model.union(new Set(one.what.map(String)));
    case "remove":
      await Promise.all(one.what.map(entry).map((e) => index.remove(e.kind, e.digest, e.record)));
      return model.difference(new Set(one.what.map(String)));
    case "build":
      await index.build([one.what.map(entry)]);
      return new Set(one.what.map(String));
    case "flood":
      await addAll(index, entriesOf(1000 + one.from * 1500, 2500 + one.from * 1500));
      return model;
    case "compact":
      await index.compact();
      return model;
    case "reopen":
      return model;
  }
}

function answersOf(model: Set<string>): string[][] {
  return all.map((_, digest) => {
    const records = [0, 1, 2, 3, 4].filter((record) => model.has(`${digest},${record}`));
    return records.map((record) => recordOf(record).toString("hex")).sort();
  });
}
