import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { defineCollection } from "@wardline/node/store";
import { openAt } from "./open.ts";
import { newFolder } from "./support.ts";

const blocks = defineCollection<{ bytes: Uint8Array }>("blocks");
const program = fileURLToPath(new URL("children/fill.ts", import.meta.url));
/** Small ones go to the database, large ones to a segment file. */
const sizes = [5000, 20_000];
/** Half a megabyte for each file, in blocks of 512 bytes; ignoring the signal makes writing fail as on a full disk. */
const LIMITED = 'trap "" XFSZ; ulimit -f 1000; exec "$@"';

test.each(sizes)(
  "on a full disk the node stops writing records of %i bytes, and has all that it confirmed",
  async (size) => {
    const folder = await newFolder();
    await (await openAt(folder)).close();
    const command = [process.execPath, program, folder, String(size)];
    const { stdout, stderr } = spawnSync("sh", ["-c", LIMITED, "sh", ...command], { encoding: "utf8" });
    const lines = stdout.trim().split("\n");
    expect([lines.slice(-2), stderr]).toEqual([["stopped commit/stopped", `reads ${size}`], ""]);
    const { commit, close } = await openAt(folder);
    const kept = (await Array.fromAsync(commit.list(blocks))).map(({ key, value }) => [
      key[0],
      value.bytes[0],
    ]);
    const confirmed = lines.length - 2;
    expect(kept.slice(0, confirmed)).toEqual(Array.from({ length: confirmed }, (_, at) => [at, at % 256]));
    expect(confirmed).toBeGreaterThan(10);
    await close();
  },
);
