/** Digests on their own thread, started when the first is added, or at once where some were kept. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Changes } from "./packing.ts";
import { startThread, type Thread } from "./thread.ts";
import type { DigestRequest, DigestsAsked, DigestThreadData, Found, How } from "./messages.ts";

export interface DigestSide {
  write(changes: Changes, how: How): Promise<void>;
  match(asked: DigestsAsked): Promise<Found | undefined>;
  /** Into an empty index, what is written with `build` from now on streams; `end` resolves when it is in. */
  begin(): Promise<void>;
  end(): Promise<void>;
  compact(): Promise<void>;
  close(): Promise<void>;
}

const script = new URL("./digest-thread.ts", import.meta.url);

/** Without a place, digests lie sealed under a key that nobody keeps, in a temporary folder removed by `close`. */
export async function openDigests(place: DigestThreadData | undefined): Promise<DigestSide> {
  let running: Promise<Thread<DigestRequest>> | undefined;
  let temporary: string | undefined;
  let building = false;

  const start = async (): Promise<Thread<DigestRequest>> => {
    if (!place) temporary = await mkdtemp(join(tmpdir(), "wardline-index-"));
    const data = place ?? { folder: temporary ?? "", key: new Uint8Array(randomBytes(32)) };
    const { thread } = await startThread<DigestRequest>(script, data);
    if (building) await thread.ask({ kind: "begin" });
    return thread;
  };
  if (place && existsSync(place.folder)) await (running = start());
  /** Only where there may be any. */
  const ask = async (request: DigestRequest) => (running ? (await running).ask(request) : undefined);

  return {
    async write({ digests, facts }, how) {
      if (digests.kinds.length === 0) return;
      if (how !== "remove") running ??= start();
      await ask({ kind: "write", digests, facts, how });
    },
    async match(asked) {
      if (asked.digests.kinds.length === 0) return undefined;
      return (await ask({ kind: "match", asked })) as Found | undefined;
    },
    async begin() {
      building = true;
      await ask({ kind: "begin" });
    },
    async end() {
      building = false;
      await ask({ kind: "end" });
    },
    async compact() {
      await ask({ kind: "compact" });
    },
    async close() {
      const thread = await running?.catch(() => undefined);
      await thread?.ask({ kind: "close" }).catch(() => undefined);
      await thread?.close();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    },
  };
}
