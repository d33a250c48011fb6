import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { defineCollection } from "@wardline/node/store";
import { openAt } from "./open.ts";
import { newFolder } from "./support.ts";

const blocks = defineCollection<{ bytes: Uint8Array }>("blocks");
const program = fileURLToPath(new URL("children/fill.ts", import.meta.url));
/** Half a megabyte for each file, in blocks of 512 bytes; ignoring the signal makes writing fail as on a full disk. */
const LIMITED = 'trap "" XFSZ; ulimit -f 1000; exec "$@"';

test("on a full disk the node stops writing, says so, and still has everything that it confirmed", async () => {
  const folder = await newFolder();
  await (await openAt(folder)).close();
  const { stdout, stderr } = spawnSync("sh", ["-c", LIMITED, "sh", process.execPath, program, folder], {
    encoding: "utf8",
  });
  const lines = stdout.trim().split("\n");
  expect([lines.slice(-2), stderr]).toEqual([["stopped commit/stopped", "reads 5000"], ""]);
  const { commit, close } = await openAt(folder);
  const kept = (await Array.fromAsync(commit.list(blocks))).map(({ key, value }) => [key[0], value.bytes[0]]);
  const confirmed = lines.length - 2;
  expect(kept.slice(0, confirmed)).toEqual(Array.from({ length: confirmed }, (_, at) => [at, at % 256]));
  expect(confirmed).toBeGreaterThan(10);
  await close();
});
