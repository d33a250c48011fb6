import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { append, entry, failedChecks, newPlace, open, type Place } from "./support.ts";

const program = fileURLToPath(new URL("children/append.ts", import.meta.url));

// Each round starts a process, which takes a second on a busy machine.
test(
  "killed at any moment, the ledger keeps whatever was acknowledged, and proves it",
  { timeout: 120_000 },
  async () => {
    const place = await newPlace();
    await (await open(place, { create: true })).close();
    let state = 20_260_103;
    for (let round = 0; round < 8; round++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const acknowledged = await runUntil(place, 1 + (state % 60));
      const one = await open(place);
      expect(one.ledger.problem).toBeUndefined();
      expect(one.ledger.size).toBeGreaterThanOrEqual(acknowledged);
      const { verified, entries } = await one.ledger.verify("all");
      expect(verified).toBe(true);
      expect(entries.map(({ detail }) => detail["number"])).toEqual(entries.map((_, at) => at));
      expect(entries).toHaveLength(one.ledger.size);
      await one.close();
    }
    const last = await open(place);
    await append(last, [entry(1, ["after"])]);
    expect(await failedChecks(last.ledger, "after")).toEqual([]);
  },
);

/** Runs the program, kills it with SIGKILL after so many lines, and gives the length that it last said. */
function runUntil({ storeFolder, checkpointFile }: Place, lines: number): Promise<number> {
  const child = spawn(process.execPath, [program, storeFolder, checkpointFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (output.split("\n").length > lines) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (_, signal) => {
      if (signal !== "SIGKILL") reject(new Error(errors));
      resolve(Number(output.split("\n").at(-2)?.split(" ")[1]));
    });
  });
}
