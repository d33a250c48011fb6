import { expect, test } from "vitest";
import { defineCollection } from "@wardline/node/store";
import { openAt } from "./open.ts";
import { newFolder, runUntilKilled } from "./support.ts";

const total = defineCollection<{ n: number }>("total");
const items = defineCollection<{ n: number }>("items", { indexes: { n: ({ n }) => [[n]] } });
const program = new URL("children/write.ts", import.meta.url);

// Each round starts a process, which takes a second on a busy machine.
test(
  "killed at any moment, whatever was acknowledged is there, once, and nothing is half there",
  { timeout: 120_000 },
  async () => {
    const folder = await newFolder();
    for (const count of [1, 40, 7, 200, 90]) {
      const acknowledged = (await runUntilKilled(program, folder, ({ length }) => length >= count)).map(
        Number,
      );
      const { commit, ledger, close } = await openAt(folder);
      const n = (await commit.get(total))?.n ?? 0;
      expect(n).toBeGreaterThanOrEqual(Math.max(...acknowledged));
      expect(new Set(acknowledged).size).toBe(acknowledged.length);
      const listed = (await Array.fromAsync(commit.list(items, { index: "n" }))).map(({ value }) => value.n);
      expect(listed).toEqual(Array.from({ length: n }, (_, at) => at + 1));
      expect(await commit.count(items)).toBe(n);
      expect(ledger.problem).toBeUndefined();
      expect(ledger.size).toBe(n);
      await close();
    }
  },
);
