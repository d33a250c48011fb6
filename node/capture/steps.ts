/**
 * What a capture does becomes part of the record step by step: what is done waits here a moment, then goes to disk in one
 * unit with the marks that it is done. Whatever ends the capture in between, it is either all there or will be done again.
 */
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "../commit/index.ts";
import { createQueue, type Vault } from "../vault/index.ts";
import type { Acquisition, Archive, Segment } from "./evidence/index.ts";
import { nameOf } from "./dataurl.ts";
import { refuse } from "./errors.ts";
import {
  fileKey,
  files,
  type CapturedItem,
  type Keeper,
  type KeptFile,
  type Outcome,
  type RefusedItem,
} from "./items.ts";
import { frontier, runs, waypointKey, type Run, type Waypoint } from "./run.ts";

/** One page that was read. */
export interface CapturedPage {
  url: string;
  foundOn: string;
  status: number;
  /** Pictures, videos and archives that it names. */
  images: number;
  kind: "page" | "frame";
  /** Links followed from the reported page. */
  depth: number;
  /** What a visitor sees, if it was rendered; vault ids. */
  screenshot?: { original: string; preview: string };
}

/** Where results go: told in the unit that marks them as done. */
export interface CaptureSink {
  page(unit: Unit, page: CapturedPage): Promise<void>;
  item(unit: Unit, item: CapturedItem): Promise<void>;
  refused(unit: Unit, item: RefusedItem): Promise<void>;
  /** A file of the web archive, which holds the requests of what has come so far. */
  archived(unit: Unit, segment: Segment): Promise<void>;
}

export interface DoneFile {
  waypoint: Waypoint;
  outcome: Outcome;
  /** Of a file that was received whole. */
  sha256?: string;
  acquisition?: Acquisition;
}

/** Results that go to disk together: a sync for each would take longer than a small picture does. */
const mostTogether = 16;

export interface StepsOptions {
  run: string;
  commit: Commit;
  vault: Pick<Vault, "shred">;
  keeper: Keeper;
  sink: CaptureSink;
  archive: Pick<Archive, "seal">;
  /** What the run has used so far. */
  spent: () => Pick<Run, "bytes" | "time">;
}

export interface Steps {
  /** Takes a result; writes when there are enough. */
  done(file: DoneFile): Promise<void>;
  /** Writes what waits. */
  flush(): Promise<void>;
  /** Runs in a unit of its own that changes the run. Error: `capture/stopped` when it is not running any more. */
  step(work: (unit: Unit, run: Run) => Promise<Run>): Promise<void>;
  /** Removes from the vault what waits and will not be written; the evidence stays. */
  abandon(): Promise<void>;
}

export function createSteps(options: StepsOptions): Steps {
  const { run: id, commit, vault, keeper, sink, archive, spent } = options;
  const inTurn = createQueue();
  let waiting: DoneFile[] = [];

  const step: Steps["step"] = async (work) => {
    const segment = await archive.seal();
    const writing = commit.run(async (unit) => {
      const run = await unit.get(runs, id);
      if (run?.state !== "running") throw refuse("stopped");
      unit.put(runs, [id], { ...(await work(unit, run)), ...spent() });
      if (segment) await sink.archived(unit, segment);
    });
    await writing.catch(async (error: unknown) => {
      if (segment && isWardlineError(error, "capture/stopped")) await keep(segment);
      throw error;
    });
  };

  /** What was sent and received stays on record, whatever becomes of the rest. */
  const keep = (segment: Segment) => commit.run((unit) => sink.archived(unit, segment));

  /** Writes one result; answers whether it counts, and what was kept in vain because the same bytes are there already. */
  async function write(
    unit: Unit,
    { waypoint, outcome, sha256, acquisition }: DoneFile,
  ): Promise<[boolean, KeptFile?]> {
    const { url, foundOn, number: position } = waypoint;
    const key = waypointKey(id, url);
    const before = sha256 === undefined ? undefined : await unit.get(files, ...fileKey(id, sha256));
    const { kept } = outcome;
    const inVain = before && kept && kept.original !== before.kept?.original ? kept : undefined;
    const now = await unit.get(frontier, ...key);
    if (now?.waiting !== true) return [false, inVain ?? (before ? undefined : kept)];
    unit.put(frontier, key, { ...now, url: "", waiting: false });
    const { kept: file, refused } = before ?? outcome;
    if (sha256 !== undefined && !before) unit.put(files, fileKey(id, sha256), outcome);
    const named = { url: nameOf(url), foundOn, position };
    if (file) await sink.item(unit, { ...named, ...file, ...(acquisition && { acquisition }) });
    if (refused) await sink.refused(unit, { ...named, ...refused, ...(acquisition && { acquisition }) });
    return [true, inVain];
  }

  const flush = () =>
    inTurn(async () => {
      const batch = [...waiting]; // others are added meanwhile
      if (batch.length === 0) return;
      const inVain: KeptFile[] = [];
      const writing = step(async (unit, run) => {
        const [pages, items] = [{ ...run.pages }, { ...run.items }];
        for (const one of batch) {
          const [counts, superfluous] = await write(unit, one);
          if (superfluous) inVain.push(superfluous);
          if (!counts) continue;
          items.done += 1;
          if (one.waypoint.kind === "file") continue;
          pages.done += 1; // what was expected to be a page
          items.found += 1;
        }
        return { ...run, pages, items };
      });
      await writing.catch((error: unknown) => {
        // It may be on disk after all: then it must stay in the vault, and else the next start sweeps it.
        if (!isWardlineError(error, "capture/stopped")) settled(batch);
        throw error;
      });
      settled(batch);
      for (const kept of inVain) await discard(vault, kept);
    });

  function settled(batch: readonly DoneFile[]): void {
    waiting = waiting.filter((one) => !batch.includes(one));
    keeper.forget(batch.flatMap(({ sha256 }) => sha256 ?? []));
  }

  return {
    step,
    flush,
    async done(file) {
      waiting.push(file);
      if (waiting.length >= mostTogether) await flush();
    },
    async abandon() {
      waiting = [];
      const segment = await archive.seal().catch(() => undefined);
      if (segment) await keep(segment).catch(() => undefined); // what cannot be noted is swept at the next start
      for (const kept of await keeper.pending()) await discard(vault, kept);
    },
  };
}

async function discard(
  vault: Pick<Vault, "shred">,
  { original, preview }: { original: string; preview?: string },
): Promise<void> {
  for (const id of [original, preview]) if (id !== undefined) await vault.shred(id).catch(() => undefined);
}
