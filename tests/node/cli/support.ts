/** The command line as people run it: a real process in a folder of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../node/cli/wardline.ts", import.meta.url));

/** Dozens of processes read the same source: compiled once, they start in half the time. */
const compiled = fileURLToPath(new URL("../../../node_modules/.cache/wardline-tests", import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
}

export function spawnWardline(args: readonly string[], { cwd, env = {} }: RunOptions): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: compiled, ...env },
  });
}

export function wardline(args: readonly string[], options: RunOptions): Promise<Run> {
  const child = spawnWardline(args, options);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  child.stdin?.on("error", () => undefined); // a command that asks nothing may be gone already
  child.stdin?.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
