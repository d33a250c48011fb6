/**
 * Compiles every kernel of hashing/kernels/assembly to hashing/kernels/built. `bootstrap.mjs` runs this when a source changed.
 *
 * A kernel that needs more than the common options says so in its first line: `// options: --importMemory --initialMemory 16`
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "hashing", "kernels", "assembly");
const built = join(root, "hashing", "kernels", "built");
const compiler = join(root, "node_modules", "assemblyscript", "bin", "asc.js");
// No collector and no bounds checks: kernels work on memory that they lay out themselves.
const common = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"];

mkdirSync(built, { recursive: true });
for (const file of readdirSync(sources).filter((name) => name.endsWith(".ts"))) {
  const source = join(sources, file);
  const [, options = ""] = /^\/\/ options: (.*)\n/.exec(readFileSync(source, "utf8")) ?? [];
  const target = join(built, `${basename(file, ".ts")}.wasm`);
  const own = options.split(" ").filter((word) => word !== "");
  const { status } = spawnSync(process.execPath, [compiler, source, "--outFile", target, ...common, ...own], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(1);
}
