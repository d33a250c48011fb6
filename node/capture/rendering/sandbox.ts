/**
 * The bubblewrap command line around a browser. It gets namespaces of its own: a network with nothing but a loopback
 * device, its own processes, a read-only file tree with the machine's libraries and fonts, and files in memory that vanish
 * with it. No home, no environment, no capabilities. Its one way out is a Unix socket, behind which the guarded proxy is.
 *
 * The browser keeps its own sandbox inside: it runs as nobody here, and may make user namespaces for its pages.
 */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemLibraries } from "../../decode/index.ts";

export interface BrowserSandbox {
  /** The guarded proxy's socket, outside. */
  proxySocket: string;
  /** Chromium's program, outside; its folder is shown at the same place. */
  browser: string;
  /** Bytes that all processes may have together. A quarter of them may be files in memory. */
  memory: number;
}

/** What programs find in the sandbox. */
export const inside = {
  node: "/app/bin/node",
  forwarder: "/app/forwarder.ts",
  profile: "/tmp/profile",
  /** Where the forwarder listens, on the sandbox's own loopback device. */
  proxyPort: 3128,
} as const;

/** Arguments of `bwrap` that run `program` in the sandbox. */
export function browserSandbox(
  { proxySocket, browser, memory }: BrowserSandbox,
  program: string[],
): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = dirname(realpathSync(browser));
  return [
    ["--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--hostname", "browser"],
    ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"],
    ["--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp", "--setenv", "LANG", "C.UTF-8"],
    systemLibraries(),
    readOnly("/etc/fonts", "/usr/share/fonts", "/usr/share/fontconfig", "/etc/ld.so.cache", folder),
    ["--ro-bind", realpathSync("/usr/bin/prlimit"), "/app/bin/prlimit"],
    ["--ro-bind", realpathSync(process.execPath), inside.node],
    ["--ro-bind", join(here, "inside", "forwarder.ts"), inside.forwarder],
    ["--ro-bind", join(here, "..", "..", "package.json"), "/app/package.json"],
    ["--ro-bind", proxySocket, "/run/proxy"],
    ["--proc", "/proc", "--dev", "/dev"],
    ["--size", `${Math.ceil(memory / 4)}`, "--tmpfs", "/tmp"],
    ["--size", `${Math.ceil(memory / 4)}`, "--tmpfs", "/dev/shm"],
    ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"],
    ["--", "/app/bin/prlimit", ...resourceLimits(memory), "--", ...program],
  ].flat();
}

/**
 * What all processes have is watched from outside; these hold whoever is quicker than that. Data counts what is reserved
 * for stacks and heaps, used or not, hence twice the memory.
 */
const resourceLimits = (memory: number) => [
  `--data=${2 * memory}`,
  `--fsize=${Math.ceil(memory / 4)}`,
  "--nproc=2000", // threads: a page with frames takes two hundred; a fork bomb ends here
  "--nofile=4096",
  "--core=0",
];

const readOnly = (...paths: string[]) =>
  paths.filter((path) => existsSync(path)).flatMap((path) => ["--ro-bind", path, path]);
