/** Random units against a plain list: whatever is on disk or still on its way, lists and indexes show the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Commit, Unit } from "@wardline/node/commit";
import { defineCollection, type Key, type ListOptions } from "@wardline/node/store";
import { openNew } from "./support.ts";

interface Row {
  color: string;
  size: number;
}
type Model = Map<number, Row>;

const rows = defineCollection<Row>("rows", {
  indexes: {
    color: ({ color, size }) => (color === "none" ? [] : [[color, size]]),
    size: ({ size }) => [[size], [-size - 1]],
  },
});

const row = fc.record({ color: fc.constantFrom("red", "green", "none"), size: fc.nat(3) });
const change = fc.record({ key: fc.nat(9), row: fc.option(row) });
const query = fc.record({
  index: fc.constantFrom(undefined, "color", "size"),
  reverse: fc.boolean(),
  limit: fc.option(fc.nat(6), { nil: undefined }),
});
const unit = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  query,
  throws: fc.boolean(),
  waits: fc.boolean(),
});

/** Every place in which a row stands in a list: its order, and the row's key. */
function places(model: Model, index: string | undefined): { order: Key; key: number }[] {
  const all = [...model].flatMap(([key, value]) =>
    (index === undefined ? [[]] : (rows.indexes[index]?.(value) ?? [])).map((tuple) => ({
      order: [...tuple, key],
      key,
    })),
  );
  return all.sort((a, b) => compare(a.order, b.order));
}

function compare(a: Key, b: Key): number {
  const at = a.findIndex((part, place) => part !== b[place]);
  return at < 0 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
}

async function check(
  reader: Unit | Commit,
  model: Model,
  { index, reverse, limit }: ListOptions,
): Promise<void> {
  const options = {
    reverse: reverse ?? false,
    ...(index && { index }),
    ...(limit === undefined ? {} : { limit }),
  };
  const found = await Array.fromAsync(reader.list(rows, options));
  const expected = places(model, index);
  if (reverse) expected.reverse();
  expect(found.map(({ key }) => key[0])).toEqual(expected.slice(0, limit).map(({ key }) => key));
  for (const { key, value } of found) expect(value).toEqual(model.get(key[0] as number));
  expect(await reader.count(rows, index ? { index } : {})).toBe(expected.length);
}

test("units, lists and indexes behave like a plain list", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(unit, { minLength: 1, maxLength: 12 }), async (units) => {
      const { commit, close } = await openNew();
      let model: Model = new Map();
      const running: Promise<unknown>[] = [];
      for (const { changes, query: asked, throws, waits } of units) {
        const next: Model = new Map(model);
        const before = model;
        for (const { key, row: value } of changes)
          if (value) next.set(key, value);
          else next.delete(key);
        const done = commit.run(async (u) => {
          await check(u, before, asked);
          for (const { key, row: value } of changes)
            if (value) u.put(rows, [key], value);
            else u.delete(rows, [key]);
          await check(u, next, asked);
          if (throws) throw new Error("thrown on purpose");
        });
        running.push(done.catch((error: unknown) => expect(String(error)).toContain("on purpose")));
        if (!throws) model = next;
        if (waits) await done.catch(() => undefined);
      }
      await Promise.all(running);
      for (const index of [undefined, "color", "size"]) await check(commit, model, index ? { index } : {});
      await close();
    }),
    { numRuns: 40, seed: 11 },
  );
});
