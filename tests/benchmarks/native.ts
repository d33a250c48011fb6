/** Native peers: C++ beside this file, compiled into a scratch folder for this machine when a benchmark needs it. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const sources = fileURLToPath(new URL("native/", import.meta.url));

/** Why a native peer cannot be measured here, or undefined. */
export function missingFor(peer: "compiler" | "faiss"): string | undefined {
  if (spawnSync("g++", ["--version"]).error) return "apt-get install g++";
  if (peer === "faiss" && !existsSync("/usr/include/faiss/IndexBinaryFlat.h"))
    return "apt-get install libfaiss-dev";
  return undefined;
}

/** Compiles `native/NAME.cpp` with the SIMD of this machine; the program's path. */
export async function compiled(
  name: string,
  folder: string,
  libraries: readonly string[] = [],
): Promise<string> {
  const program = join(folder, name);
  const flags = ["-O3", "-march=native", "-std=c++17", "-o", program, join(sources, `${name}.cpp`)];
  await promisify(execFile)("g++", [...flags, ...libraries]);
  return program;
}

/** Runs a compiled peer on one thread; it answers with one line of JSON. */
export async function asked<T>(program: string, ...args: string[]): Promise<T> {
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const { stdout } = await promisify(execFile)(program, args, { env });
  return JSON.parse(stdout) as T;
}
