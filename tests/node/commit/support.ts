/** Commits in folders of their own, and processes that write until they are killed. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Clock } from "@wardline/node/telemetry";
import { openAt, type Opened } from "./open.ts";

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-commit-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A new store, closed after the test. */
export async function openNew(clock?: Clock): Promise<Opened & { folder: string }> {
  const folder = await newFolder();
  const opened = await openAt(folder, clock);
  onTestFinished(opened.close);
  return { ...opened, folder };
}

/** Runs a program on a folder, kills it with SIGKILL once it has said enough, and gives the whole lines that it said. */
export function runUntilKilled(
  program: URL,
  folder: string,
  enough: (lines: readonly string[]) => boolean,
): Promise<string[]> {
  const child = spawn(process.execPath, [fileURLToPath(program), folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  const lines = () => output.split("\n").slice(0, -1);
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (enough(lines())) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL") resolve(lines());
      else reject(new Error(errors));
    });
  });
}
