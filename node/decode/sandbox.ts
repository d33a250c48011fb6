/**
 * The bubblewrap command line around a child. The child gets namespaces of its own with nothing in them: no network
 * interface, no processes but its own, and a read-only file tree that holds the runtime, the decoders and this room's code.
 * No /proc, no home, no environment, no capabilities. It dies with this process.
 *
 * Needs unprivileged user namespaces; works as root, as a normal user, and in containers that allow them.
 */
import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface SandboxLimits {
  /** Writable memory in bytes. */
  memory: number;
  /** Processor seconds over the child's whole life: a backstop behind the time limit of each item. */
  processorSeconds: number;
}

/**
 * Arguments of `bwrap` that run `program` (arguments of Node, paths inside the sandbox) under `limits`, with further
 * read-only `mounts` (arguments of `bwrap`).
 */
export function sandboxArguments(
  limits: SandboxLimits,
  program: string[] = ["/app/node/decode/child.ts"],
  mounts: string[] = [],
): string[] {
  return [
    ["--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--hostname", "decode"],
    ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"],
    // One picture at a time needs few threads, and every thread and every arena costs memory.
    ["--setenv", "UV_THREADPOOL_SIZE", "2", "--setenv", "MALLOC_ARENA_MAX", "2"],
    // The next picture takes over the last one's memory: fetching new pages for each costs a tenth of its decoding.
    [
      "--setenv",
      "MALLOC_MMAP_THRESHOLD_",
      `${32 * 2 ** 20}`,
      "--setenv",
      "MALLOC_TRIM_THRESHOLD_",
      `${64 * 2 ** 20}`,
    ],
    // Large pictures stay in memory: there is no disk to spill them to.
    ["--setenv", "VIPS_DISC_THRESHOLD", "16g"],
    systemLibraries(),
    ["--ro-bind", realpathSync("/usr/bin/prlimit"), "/app/bin/prlimit"],
    ["--ro-bind", realpathSync(process.execPath), "/app/bin/node"],
    ["--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"],
    ourCode(),
    mounts,
    ["--remount-ro", "/", "--chdir", "/app"],
    ["--", "/app/bin/prlimit", ...resourceLimits(limits), "--", "/app/bin/node", ...nodeFlags, ...program],
  ].flat();
}

const nodeFlags = [
  "--max-old-space-size=192", // the heap proper: files and decoded pixels live outside it
  "--expose-gc",
  // WebAssembly (which strips the types of this code) would reserve gigabytes of addresses, as many as the limit allows.
  "--disable-wasm-trap-handler",
  "--wasm-max-mem-pages=2048",
];

function resourceLimits({ memory, processorSeconds }: SandboxLimits): string[] {
  return [
    `--data=${memory}`,
    // Address space also bounds shared mappings; the runtime reserves nearly 1 GiB that it never touches.
    `--as=${memory + 2 ** 30}`,
    `--cpu=${processorSeconds}`,
    "--nproc=64", // threads of the runtime and the decoder, and no room for a fork bomb
    "--nofile=64",
    "--fsize=0", // writes no file, not even in memory
    "--core=0", // leaves no picture behind in a core dump
  ];
}

/** The shared libraries of the machine, where its loader looks for them. */
export function systemLibraries(): string[] {
  const folders = ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/lib", "/lib32", "/lib64"];
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      lstatSync(folder).isSymbolicLink()
        ? ["--symlink", readlinkSync(folder), folder]
        : ["--ro-bind", folder, folder],
    );
}

/** This room, the hashing workspace, and the decoder libraries with what they need, laid out as in the repository. */
function ourCode(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const hashing = packageFolder("@wardline/hashing", here);
  const libraries = ["sharp", "exifr"].flatMap((name) => [...withDependencies(name, here)]);
  return [
    ["--ro-bind", here, "/app/node/decode"],
    ["--ro-bind", join(here, "..", "package.json"), "/app/node/package.json"],
    ["--ro-bind", realpathSync(hashing), "/app/hashing"],
    ["--symlink", "../../hashing", "/app/node_modules/@wardline/hashing"],
    ...libraries.map(([name, folder]) => ["--ro-bind", folder, `/app/node_modules/${name}`]),
  ].flat();
}

/** A package and everything it depends on that is installed: name to folder. */
function withDependencies(
  name: string,
  from: string,
  found = new Map<string, string>(),
): Map<string, string> {
  if (found.has(name) || !isInstalled(name, from)) return found;
  const folder = packageFolder(name, from);
  found.set(name, folder);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<"dependencies" | "optionalDependencies", Record<string, string> | undefined>;
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies }))
    withDependencies(needed, folder, found);
  return found;
}

const candidates = (name: string, from: string) =>
  (createRequire(join(from, "x")).resolve.paths(name) ?? []).map((folder) => join(folder, name));
const isInstalled = (name: string, from: string) =>
  candidates(name, from).some((folder) => existsSync(folder));

function packageFolder(name: string, from: string): string {
  const folder = candidates(name, from).find((candidate) => existsSync(candidate));
  if (folder === undefined) throw new Error(`The package ${name} is not installed.`);
  return realpathSync(folder);
}
