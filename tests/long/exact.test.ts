import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { seeded } from "../hashing/clusters/support.ts";
import { fallAgainAndAgain } from "../hashing/exact/killing.ts";
import { expectAsSet } from "../hashing/exact/model.ts";
import { temporaryFolder } from "../hashing/exact/support.ts";

const filler = fileURLToPath(new URL("../hashing/exact/children/filler.ts", import.meta.url));

/** Megabytes that a process takes at most while it fills an index with so many entries. */
async function memoryFor(how: string, entries: number): Promise<number> {
  const folder = await temporaryFolder();
  const heap = "--max-old-space-size=64";
  const run = promisify(execFile)(process.execPath, [heap, filler, folder, how, String(entries)]);
  const { wrong, megabytes } = JSON.parse((await run).stdout) as { wrong: number; megabytes: number };
  expect(wrong).toBe(0);
  return megabytes;
}

test.each(["build", "add"])("filled by %s, four times the entries take no more memory", async (how) => {
  const few = await memoryFor(how, 1_000_000);
  const many = await memoryFor(how, 4_000_000);
  // Its 48 bytes of digest and record alone would be 144 MB more.
  expect(many - few).toBeLessThan(72);
});

test("killed a hundred times, it loses and doubles nothing acknowledged", async () => {
  await fallAgainAndAgain(await temporaryFolder(), { falls: 100, stretch: 1500, random: seeded(2) });
});

test("200 sequences of additions, removals, builds, merges and openings leave what a set of pairs would", async () => {
  await expectAsSet(200);
  expect.hasAssertions();
});
