/** Everything that can be said about the source without running it: types, lint, format, arrows between folders, dead code, interface. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const checks: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ["types", "tsc", "-p", "."],
  ["interface types are current", "node", "scripts/api-types.ts", "--check"],
  ["settings reference is current", "node", "scripts/settings-reference.ts", "--check"],
  [
    "interface types",
    "svelte-check",
    "--workspace",
    "ui",
    "--tsconfig",
    "./tsconfig.json",
    "--fail-on-warnings",
  ],
  ["lint", "eslint", "--max-warnings", "0", "."],
  ["format", "prettier", "--check", "--log-level", "warn", "."],
  [
    "arrows",
    "depcruise",
    "--config",
    ".dependency-cruiser.cjs",
    "protocol",
    "hashing",
    "node",
    "simulations",
    "ui/src",
  ],
  ["dead code", "knip", "--no-progress"],
];

const failed = checks.filter(([name, program, ...args]) => {
  process.stdout.write(`• ${name}: ${program} ${args.join(" ")}\n`);
  return spawnSync(program, args, { cwd: root, stdio: "inherit" }).status !== 0;
});
for (const [name] of failed) process.stdout.write(`failed: ${name}\n`);
process.stdout.write(`checks: ${checks.length - failed.length} passed, ${failed.length} failed\n`);
process.exit(failed.length === 0 ? 0 : 1);
