#!/usr/bin/env node
// Makes `npm run demo`, `npm test` and the other commands work on a machine that has only Node.js 20, npm and git:
// installs what is missing, says what it does, then hands over to the pinned Node. Plain JavaScript, because it runs before TypeScript can.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const pinnedNode = join(bin, "node");

/** What each command runs once everything is in place, and which Debian packages it cannot do without. */
const commands = {
  demo: { run: ["node/cli/wardline.ts", "demo"], packages: ["bubblewrap"], ui: true },
  start: { run: ["node/cli/wardline.ts", "start"], packages: ["bubblewrap"], ui: true },
  wardline: { run: ["node/cli/wardline.ts"], packages: ["bubblewrap"], ui: true },
  test: {
    run: ["node_modules/vitest/vitest.mjs", "run"],
    packages: ["age", "bubblewrap", "chromium", "ffmpeg"],
    ui: true,
  },
  "test:long": {
    run: ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.long.config.ts"],
    packages: ["age", "bubblewrap", "chromium", "ffmpeg"],
    ui: true,
  },
  bench: {
    run: ["tests/benchmarks/run.ts"],
    packages: ["age", "bubblewrap", "ffmpeg", "g++", "libfaiss-dev"], // age, g++ and faiss to be measured against
    ui: false,
  },
  simulate: { run: ["simulations/run.ts"], packages: ["bubblewrap"], ui: false },
  screenshots: { run: ["scripts/screenshots.ts"], packages: ["bubblewrap", "chromium"], ui: true },
  check: { run: ["scripts/check.ts"], packages: [], ui: true },
};
/** Where each package shows that it is there: a program on the path, or a file. */
const signs = {
  age: "age",
  bubblewrap: "bwrap",
  chromium: "chromium",
  ffmpeg: "ffmpeg",
  "g++": "g++",
  "libfaiss-dev": "/usr/include/faiss/IndexBinaryFlat.h",
};

const [name, ...rest] = process.argv.slice(2);
const command = commands[name];
if (!command) fail(`Unknown command "${name ?? ""}". One of: ${Object.keys(commands).join(", ")}.`);
if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(`Node.js 20 or newer is needed to start; this is ${process.version}.`);
}

installDependencies();
installPackages(command.packages);
buildKernels();
if (command.ui) buildInterface();
const status = run(pinnedNode, [...command.run, ...rest], { PATH: `${bin}${delimiter}${process.env.PATH}` });
process.exit(status);

function installDependencies() {
  const stamp = join(root, "node_modules", ".wardline-installed");
  const wanted = fingerprint(["package-lock.json", "package.json"]);
  if (existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("Installing the pinned dependencies (npm ci); the first time this takes a minute or two …");
  // Not by the Node inside node_modules, which npm is about to replace.
  const path = (process.env.PATH ?? "").split(delimiter).filter((entry) => !entry.includes("node_modules"));
  const status = run("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
    PATH: path.join(delimiter),
  });
  if (status !== 0)
    fail("npm ci failed; its message is above. Check the connection to the npm registry and try again.");
  if (!existsSync(pinnedNode))
    fail(
      "npm did not install the pinned Node.js. Allow the install script of the package `node` and try again.",
    );
  writeFileSync(stamp, wanted);
}

function installPackages(packages) {
  const missing = packages.filter((name) => !isThere(signs[name]));
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0)
    fail(
      `These Debian packages are missing. Install them once, then run this command again:\n\n    sudo ${line}\n`,
    );
  say(`Installing Debian packages: ${missing.join(", ")} …`);
  run("apt-get", ["update", "-qq"]);
  const quiet = { DEBIAN_FRONTEND: "noninteractive" };
  const status = run("apt-get", [...line.split(" ").slice(1), "-qq"], quiet);
  if (status !== 0) fail(`apt-get could not install them. Try by hand:\n\n    ${line}\n`);
}

function buildKernels() {
  const stamp = join(root, "hashing", "kernels", "built", ".wardline-built");
  const wanted = fingerprint([
    ...filesBelow("hashing/kernels/assembly"),
    "scripts/build-kernels.ts",
    "package-lock.json",
  ]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("Compiling the hashing kernels …");
  const status = run(pinnedNode, ["scripts/build-kernels.ts"]);
  if (status !== 0) fail("The hashing kernels could not be compiled; the message is above.");
  writeFileSync(stamp, wanted);
}

function buildInterface() {
  const stamp = join(root, "ui", "dist", ".wardline-built");
  const wanted = fingerprint([...filesBelow("ui"), "package-lock.json"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("Building the interface …");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const status = run(
    pinnedNode,
    [vite, "build", "--logLevel", "warn", join(root, "ui")],
    {},
    join(root, "ui"),
  );
  if (status !== 0) fail("The interface could not be built; the message is above.");
  mkdirSync(join(root, "ui", "dist"), { recursive: true });
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !["dist", "node_modules"].includes(entry.name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort();
}

function fingerprint(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(`${file}\0${statSync(join(root, file)).size}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function isThere(sign) {
  if (sign.startsWith("/")) return existsSync(sign);
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, sign), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function run(program, args, env = {}, cwd = root) {
  // Ctrl-C reaches the whole process group; the command decides how to stop, so wait for it.
  process.on("SIGINT", () => undefined);
  const result = spawnSync(program, args, { cwd, stdio: "inherit", env: { ...process.env, ...env } });
  if (result.error) fail(`${program} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

function say(message) {
  process.stderr.write(`• ${message}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
