/** kill -9 in the middle of batches: what was acknowledged is there, and each batch wholly or not at all. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openLevelStore, withSegments } from "@wardline/node/store";
import { newFolder } from "../support.ts";
import { batchAt, levelLimits, segmentLimits } from "./script.ts";
import { contentOf, filesIn, hexOf } from "./support.ts";

const program = fileURLToPath(new URL("./writer.ts", import.meta.url));
const ROUNDS = 8;
const BATCHES = 150;

test(
  "a store that was killed has every acknowledged batch and no half of another",
  { timeout: 120_000 },
  async () => {
    const folder = await newFolder();
    let next = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await killedAfter(folder, next, BATCHES, round);
      expect(acknowledged).toBeGreaterThanOrEqual(next + BATCHES - 1);
      const level = await openLevelStore(`${folder}/records`, { ...levelLimits, create: false });
      const store = await withSegments(level, `${folder}/segments`, segmentLimits);
      const content = await contentOf(store);
      await store.close();
      // The batch under way when it was killed is there or not.
      next = equal(content, stateAfter(acknowledged + 1)) ? acknowledged + 2 : acknowledged + 1;
      expect(equal(content, stateAfter(next - 1))).toBe(true);
    }
    // Without collecting there would be a hundred: each record was replaced dozens of times.
    expect((await filesIn(`${folder}/segments`)).length).toBeLessThan(40);
  },
);

/** The last batch that it said was on disk. */
async function killedAfter(folder: string, first: number, batches: number, later: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder, String(first)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (lastOf(output) >= first + batches - 1) setTimeout(() => child.kill("SIGKILL"), later);
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect([signal, errors]).toEqual(["SIGKILL", ""]);
  return lastOf(output);
}

/** The last whole line. */
const lastOf = (output: string) => Number(output.split("\n").at(-2) ?? -1);

function stateAfter(last: number): Map<string, string> {
  const state = new Map<string, string>();
  for (let at = 0; at <= last; at++) {
    for (const operation of batchAt(at)) {
      if (operation.type === "put") state.set(hexOf(operation.key), hexOf(operation.value));
      else state.delete(hexOf(operation.key));
    }
  }
  return new Map([...state].sort());
}

function equal(a: Map<string, string>, b: Map<string, string>): boolean {
  return JSON.stringify([...a]) === JSON.stringify([...b]);
}
