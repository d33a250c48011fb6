import { expect, test } from "vitest";
import { defineCollection } from "@wardline/node/store";
import { openAt } from "../commit/open.ts";
import { newFolder, runUntilKilled } from "../commit/support.ts";

const results = defineCollection<{ times: number }>("results");
const program = new URL("children/work.ts", import.meta.url);
const ALL = 2 ** 8 - 1;

// Each round starts a process, which takes a second on a busy machine.
test(
  "killed at any moment, every job is done in the end, with one effect",
  { timeout: 120_000 },
  async () => {
    const folder = await newFolder();
    const told = new Set<string>();
    for (const count of [1, 25, 60, 3, 40, Infinity]) {
      const enough = (lines: readonly string[]) => lines.length >= count || lines.includes("idle");
      const lines = await runUntilKilled(program, folder, enough);
      lines.filter((line) => line !== "idle").forEach((name) => told.add(name));
      const { commit, close } = await openAt(folder);
      const found = new Map<string, number>();
      for await (const { key, value } of commit.list(results)) found.set(String(key[0]), value.times);
      for (const name of told) expect([name, found.get(name)]).toEqual([name, 1]);
      expect([...found.values()].every((times) => times === 1)).toBe(true);
      await close();
      if (count === Infinity) expect(found.size).toBe(ALL);
    }
  },
);
