/** Casework over a store of many reports: a hotline's, with a capture that finds the same synthetic items everywhere. */
import { hex, sha256, systemRandom, utf8 } from "@wardline/protocol/encoding";
import type { Caller } from "../../node/accounts/index.ts";
import type { Captures, CapturesOptions, CapturedItem } from "../../node/capture/index.ts";
import { createCasework } from "../../node/casework/index.ts";
import { createVideos } from "../../node/capture/index.ts";
import { createDecoder, createVideoDecoder } from "../../node/decode/index.ts";
import { createJurisdictions } from "../../node/jurisdiction/index.ts";
import type { JobHandler, Jobs } from "../../node/jobs/index.ts";
import type { Member } from "./members.ts";

/** Sites in the whole store: their reports grow with it. */
const HOSTS = 5000;
const ITEMS = 2;
/** Reports in one unit while the store is being filled. */
const TOGETHER = 30;

export const caller: Caller = {
  person: { id: "1".repeat(32), name: "A. Analyst", roles: ["analyst"] },
  session: "benchmark",
  pseudonymFor: (matter) => hex(sha256(utf8(matter))).slice(0, 32),
};

export type Workplace = ReturnType<typeof openWorkplace>;

export function openWorkplace(member: Member) {
  const { jobs, configuration, clock, commit } = member;
  const handlers = new Map<string, JobHandler<never>>();
  const casework = createCasework({
    ...member,
    jobs: { ...jobs, register: (kind, handler) => void handlers.set(kind, handler) } satisfies Jobs,
    settings: configuration.casework,
    decoder: createDecoder(configuration.decode, clock),
    videos: createVideos({
      ...{ ...member, decoder: createVideoDecoder(configuration.decode, clock), clock },
      ...{ largest: configuration.decode.video.largestBytes, time: configuration.capture.limits.videoTime },
    }),
    jurisdictions: createJurisdictions(),
    trace: () => Promise.reject(new Error("Nothing is traced here.")),
    captures: fixedCaptures(commit),
  });
  const ids: string[] = [];

  /** Files one report as a person does, in a unit of its own. */
  async function file(): Promise<string> {
    const { id } = await commit.run((unit) => casework.fileReport(unit, filing(ids.length)));
    ids.push(id);
    return id;
  }

  /** Files, captures and queues reports until there are so many, in big units. */
  async function fillTo(size: number): Promise<void> {
    while (ids.length < size) {
      const most = Math.min(TOGETHER, size - ids.length);
      await commit.run(async (unit) => {
        for (let made = 0; made < most; made++)
          ids.push((await casework.fileReport(unit, filing(ids.length))).id);
      });
      await capture(ids.slice(-most));
    }
  }

  /** Runs the capture jobs of these reports, and puts their results into one unit. */
  async function capture(reports: readonly string[]): Promise<void> {
    const [kind, handler] = [...handlers][0] ?? [];
    if (kind === undefined || !handler) throw new Error("Casework registered no capture.");
    const run = { signal: new AbortController().signal, attempt: 1 };
    const done = await Promise.all(reports.map((report) => handler({ report } as never, run)));
    await commit.run(async (unit) => {
      for (const complete of done) await complete?.(unit);
      for (const report of reports) jobs.cancel(unit, kind, report);
    });
  }

  return { casework, file, fillTo, capture, ids, member };
}

/** Every tenth report is about this one. */
export const LARGE_SITE = "large-site.example";
export const hostOf = (report: number): string =>
  report % 10 === 0 ? LARGE_SITE : `site-${report % HOSTS}.example`;

function filing(report: number) {
  const url = `https://${hostOf(report)}/gallery/${report}/?page=1`;
  const actor = (id: string) => `person:${caller.pseudonymFor(id)}`;
  return { url, source: "public" as const, note: "Filed by the public form; no further details.", actor };
}

/** A capture that finds its items at once. */
function fixedCaptures(commit: Member["commit"]): Captures {
  return {
    async run(_, url, { sink }) {
      await commit.run(async (unit) => {
        const page = { url, foundOn: url, status: 200, images: ITEMS, kind: "page" as const, depth: 0 };
        await sink.page(unit, page);
        for (let at = 0; at < ITEMS; at++) await sink.item(unit, item(url, at));
      });
      return { scripted: false, hosting: hostingOf(url) };
    },
    progress: () => Promise.reject(new Error("Nobody asks.")),
    pause: () => Promise.resolve(),
    resume: () => Promise.resolve(),
    cut: () => Promise.resolve(),
    again: () => Promise.resolve(),
    forget: () => Promise.resolve(),
  };
}

function hostingOf(url: string) {
  const { host } = new URL(url);
  return {
    ...{ host, address: "192.0.2.10", country: "BB", source: "database", tracedAt: Date.now() },
    lookup: "found",
  } as Awaited<ReturnType<CapturesOptions["trace"]>>;
}

function item(page: string, at: number): CapturedItem {
  const url = `${page}&picture=${at}.jpg`;
  const bits = hex(systemRandom(32));
  return {
    ...{ url, foundOn: page, position: at + 1, kind: "image", mime: "image/jpeg", bytes: 204_800 },
    ...{ width: 1280, height: 960, original: hex(systemRandom(16)), preview: hex(systemRandom(16)) },
    digests: { sha256: hex(systemRandom(32)), sha1: hex(systemRandom(20)), md5: hex(systemRandom(16)) },
    pdq: { hash: bits, quality: 100, dihedral: [bits] },
  };
}
