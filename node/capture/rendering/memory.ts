/** What a tree of processes takes in memory, read from /proc. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Bytes that all processes below `pid` hold alone, and the most that one of them shares with others in memory. Files of
 * programs and libraries do not count: the machine can drop them. Processes that end meanwhile count as nothing.
 */
export function memoryBelow(pid: number): number {
  let own = 0;
  let shared = 0;
  for (const one of processesBelow(pid)) {
    const status = read(`/proc/${one}/status`);
    own += kilobytes(status, "RssAnon") + kilobytes(status, "VmSwap");
    shared = Math.max(shared, kilobytes(status, "RssShmem"));
  }
  return (own + shared) * 1024;
}

function processesBelow(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...processesBelow(child)]);
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): number[] {
  const threads = listed(`/proc/${pid}/task`);
  return threads.flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

const kilobytes = (status: string, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
