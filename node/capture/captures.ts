/** Captures as casework uses them: begun, gone on with after any interruption, paused, cut, watched and forgotten. */
import type { Random } from "@wardline/protocol/encoding";
import packageFile from "../package.json" with { type: "json" };
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { Commit, Unit } from "../commit/index.ts";
import type { Decoder } from "../decode/index.ts";
import type { Reader } from "../store/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";
import { crawl, type CrawlOptions } from "./crawl.ts";
import { refuse } from "./errors.ts";
import { clearAll } from "./frontier.ts";
import type { Hosting } from "./hosting/index.ts";
import { files } from "./items.ts";
import { createArchive } from "./evidence/index.ts";
import { createPace } from "./pace.ts";
import { frontier, runs, waypointKey, type Run, type RunState, type Tally, type Waypoint } from "./run.ts";
import { plainPages, type Fetch, type PageSource } from "./source.ts";
import type { Videos } from "./videos.ts";

export interface CapturesOptions {
  commit: Commit;
  vault: Pick<Vault, "put" | "read" | "shred">;
  decoder: Pick<Decoder, "decode">;
  videos: Videos;
  /** Pixels that a preview is long. */
  previewSide: number;
  fetch: Fetch;
  /** Where pages come from. Default: as the server sends them. */
  source?: PageSource;
  /** Where they come from when their scripts are to run. */
  rendered?: PageSource;
  /** Where a URL is hosted; `address` is the one its content came from. */
  trace: (url: string, address?: string) => Promise<Hosting>;
  settings: CaptureSettings;
  clock: Clock;
  random: Random;
}

export interface CaptureEnd {
  /** Which limit cut it short, or what the site said, in a sentence. */
  cut?: string;
  /** Nothing was found on a page that needs scripts to show anything. */
  scripted: boolean;
  hosting: Hosting;
}

/** Where a capture stands. Times in milliseconds, sizes in bytes. */
export interface CaptureProgress {
  /** `none`: it was never begun, or is forgotten. */
  state: RunState | "none";
  startedAt?: number | undefined;
  /** Found and dealt with so far, and the limit. */
  pages: Tally & { most: number };
  items: Tally & { most: number };
  bytes: { used: number; most: number };
  time: { used: number; most: number };
  /** What cut it short, in a sentence. */
  cut?: string | undefined;
}

/** What says of itself that it fetched something. */
const tool = `Wardline/${packageFile.version}`;

/** Each capture has the id of whatever it is for, and there is one for each. */
export interface Captures {
  /** Begins a capture, or goes on with the one that is there. Resolves when nothing more is to be fetched. Errors: those of `crawl`. */
  run(
    id: string,
    url: string,
    how: Pick<CrawlOptions, "sink" | "signal" | "headers" | "referrer"> & { scripts?: boolean | undefined },
  ): Promise<CaptureEnd>;
  /** From then on nothing is written; also before the capture has begun. The caller stops its job. */
  pause(unit: Unit, id: string, url: string): Promise<void>;
  /** Lets it go on where it was; the caller starts its job. */
  resume(unit: Unit, id: string): Promise<void>;
  /** The next `run` ends it with what there is. `why`: a sentence. */
  cut(unit: Unit, id: string, url: string, why: string): Promise<void>;
  /** The next `run` begins anew if this one has ended, and else goes on with it. */
  again(unit: Unit, id: string): Promise<void>;
  progress(reader: Reader, id: string): Promise<CaptureProgress>;
  /** Forgets a capture; one of the same id begins anew. */
  forget(id: string): Promise<void>;
}

export function createCaptures(options: CapturesOptions): Captures {
  const { commit, settings, clock, random, vault, trace, fetch } = options;
  const { limits } = settings;
  const source = options.source ?? plainPages(fetch, limits.references);
  const pace = createPace(clock);

  async function begun(unit: Unit, id: string, url: string): Promise<Run> {
    const before = await unit.get(runs, id);
    if (before !== undefined) return before;
    const run = newRun(withoutFragment(url), unit.now);
    const first: Waypoint = {
      ...{ run: id, number: 0, kind: "page", url: run.url, foundOn: run.url },
      ...{ depth: 0, nesting: 0, waiting: true },
    };
    unit.put(frontier, waypointKey(id, run.url), first);
    unit.put(runs, [id], run);
    return run;
  }

  return {
    async run(id, url, how) {
      const run = await commit.run((unit) => begun(unit, id, url));
      const archive = createArchive({ vault, random, now: () => clock.now(), tool, about: id });
      const pages = (how.scripts === true ? options.rendered : undefined) ?? source;
      if (run.state !== "ended") await crawl({ ...options, ...how, run: id, source: pages, pace, archive });
      await clearAll(commit, id, [frontier, files]);
      const { first, cut, said, scripted = false } = (await commit.get(runs, id)) ?? run;
      const why = cut ?? said;
      return {
        ...(why !== undefined && { cut: why }),
        scripted,
        hosting: await trace(first?.url ?? run.url, first?.address === "" ? undefined : first?.address),
      };
    },
    async pause(unit, id, url) {
      const run = await begun(unit, id, url);
      if (run.state === "running") unit.put(runs, [id], { ...run, state: "paused" });
    },
    async resume(unit, id) {
      const run = await unit.get(runs, id);
      if (run?.state === "paused") unit.put(runs, [id], { ...run, state: "running" });
    },
    async cut(unit, id, url, why) {
      const run = await begun(unit, id, url);
      if (run.state !== "ended") unit.put(runs, [id], { ...run, state: "running", cut: why });
    },
    async again(unit, id) {
      const run = await unit.get(runs, id);
      if (run?.state === "ended") unit.delete(runs, [id]);
      else if (run !== undefined) unit.put(runs, [id], { ...run, state: "running" });
    },
    async progress(reader, id) {
      const { state, startedAt, pages, items, bytes, time, cut } = (await reader.get(runs, id)) ?? notBegun;
      return {
        ...{ state, startedAt, cut },
        pages: { ...pages, most: limits.pages },
        items: { ...items, most: limits.items },
        bytes: { used: bytes, most: limits.totalSize },
        time: { used: time, most: limits.totalTime },
      };
    },
    async forget(id) {
      await clearAll(commit, id, [frontier, files, runs]);
    },
  };
}

const notBegun = {
  ...{ state: "none" as const, startedAt: undefined, cut: undefined, bytes: 0, time: 0 },
  ...{ pages: { done: 0, found: 0 }, items: { done: 0, found: 0 } },
};

function newRun(url: string, startedAt: number): Run {
  const none = { done: 0, found: 0 };
  return {
    ...{ state: "running", url, startedAt, next: 1, styles: 0, bytes: 0, time: 0 },
    pages: { ...none, found: 1 },
    items: none,
  };
}

/** As it is asked for, so that a redirect back to it is recognised. */
function withoutFragment(text: string): string {
  if (!URL.canParse(text)) throw refuse("invalid-url");
  const url = new URL(text);
  url.hash = "";
  return url.href;
}
