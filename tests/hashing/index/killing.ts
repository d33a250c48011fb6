/** Kills an owner of an index again and again, and counts what it had acknowledged. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { openOrRebuild, type Entry } from "@wardline/hashing/index";
import { changeAt, feed, options } from "./owner.ts";

const program = fileURLToPath(new URL("./owner.ts", import.meta.url));

/** Opens, feeds and saves until the process is killed in its next save, some milliseconds after it was ready for it. */
export async function killAndLook(folder: string, afterMilliseconds: number): Promise<void> {
  const lines = await killedOwner(folder, afterMilliseconds);
  const lastOf = (word: string) =>
    Math.max(0, ...lines.filter((line) => line.startsWith(word)).map((line) => Number(line.split(" ")[1])));
  const target = Math.max(lastOf("added"), lastOf("saved"));
  let from = 0;
  const index = await openOrRebuild(
    options(folder),
    async (opened, mark = "0") => {
      from = Number(mark);
      await feed(opened, from, target);
    },
    ({ code }) => expect(code).toBe("hashing/no-index"),
  );
  try {
    expect(from).toBeGreaterThanOrEqual(lastOf("saved"));
    const model = entriesAfter(Math.max(from, target));
    expect(index.entries).toBe(model.size);
    for (const { key, source, sha256 = "", pdq = "" } of model.values()) {
      const { matches } = await index.match({ sha256, pdq });
      const own = matches.filter((match) => match.key === key);
      expect(own.map((match) => [match.kind, match.source])).toEqual([
        ["sha256", source],
        ["pdq", source],
      ]);
    }
  } finally {
    await index.close();
  }
}

function entriesAfter(position: number): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  for (let at = 0; at < position; at++) {
    const change = changeAt(at);
    if ("add" in change) entries.set(change.add.key, change.add);
    else entries.delete(change.remove.key);
  }
  return entries;
}

/** What it said until it was killed: so long after it had added what its second save would hold. */
function killedOwner(folder: string, afterMilliseconds: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  let told = 0;
  const killLater = () => setTimeout(() => child.kill("SIGKILL"), afterMilliseconds);
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    const added = output.split("added").length - 1;
    if (told < 6 && added >= 6) killLater();
    told = added;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL") resolve(output.split("\n").slice(0, -1));
      else reject(new Error(errors));
    });
  });
}
