/**
 * The capture of one URL: the page with its frames and files, then the pages of the same site that it links to with theirs,
 * near ones first, until there is no more or the budget ends. What one file or one linked page does never stops the rest.
 * Everything that is found stands in the frontier on disk until it is done; see run.ts.
 */
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { Commit } from "../commit/index.ts";
import type { Decoder } from "../decode/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";
import { createBudget, type Budget } from "./budget.ts";
import { bytesOfDataUrl } from "./dataurl.ts";
import { refuse } from "./errors.ts";
import type { Acquisition, Archive, Recorded } from "./evidence/index.ts";
import type { Fetched } from "./fetch.ts";
import { createReceiver, type Receiver, type Sealed } from "./files.ts";
import { addWaypoints, isSeen, markDone, waiting, type NewWaypoint } from "./frontier.ts";
import { createKeeper, refusalOf, type Keeper } from "./items.ts";
import type { Pace } from "./pace.ts";
import { textOf } from "./page.ts";
import { referencesInStyle, type References } from "./references.ts";
import { ruleFor } from "./rules.ts";
import { runs, type Run, type Waypoint } from "./run.ts";
import { sameSite } from "./site.ts";
import type { Videos } from "./videos.ts";
import type { Fetch, PageRequest, PageSource, SourcedPage } from "./source.ts";
import { createSteps, type CapturedPage, type CaptureSink, type DoneFile, type Steps } from "./steps.ts";

export interface CrawlOptions {
  /** The run's id; its record says where to begin. */
  run: string;
  commit: Commit;
  vault: Pick<Vault, "put" | "shred">;
  decoder: Pick<Decoder, "decode">;
  videos: Videos;
  previewSide: number;
  /** The guarded fetch, bound to its settings. */
  fetch: Fetch;
  source: PageSource;
  pace: Pace;
  sink: CaptureSink;
  /** Takes down everything that is sent and received. */
  archive: Archive;
  settings: CaptureSettings;
  /** What goes with each request to an address. */
  headers?: PageRequest["headers"];
  /** For the reported page itself. */
  referrer?: string | undefined;
  signal: AbortSignal;
  clock: Clock;
}

interface Crawl extends CrawlOptions {
  budget: Budget;
  keeper: Keeper;
  steps: Steps;
  /** What a browser loaded with the page that was read last. */
  loaded: ReadonlyMap<string, Fetched>;
}

/** Addresses that are read from disk at a time. */
const batch = 64;

/**
 * Goes on with a run until it has ended: nothing is left, a limit was reached, or a person cut it. Repeats nothing that is
 * done. Errors: those of the first page's fetch; `capture/stopped` when it was paused; `decode/no-sandbox`; the vault's;
 * the signal's reason.
 */
export async function crawl(options: CrawlOptions): Promise<void> {
  const { commit, settings, clock, run: id } = options;
  const run = await commit.get(runs, id);
  if (run?.state !== "running") throw refuse("stopped");
  const { pages, items, bytes, time } = run;
  const budget = createBudget(settings.limits, { pages: pages.done, items: items.done, bytes, time }, clock);
  const keeper = createKeeper({ ...options, reader: commit });
  const spent = () => ({ bytes: budget.bytes, time: budget.time });
  const steps = createSteps({ ...options, keeper, spent });
  const crawling: Crawl = { ...options, budget, keeper, steps, loaded: new Map() };
  try {
    await walk(crawling, run);
    await steps.flush();
    await steps.step(async (_, now) => ended(now, budget));
  } catch (error) {
    await steps.abandon();
    options.signal.throwIfAborted();
    throw error;
  }
}

function ended(run: Run, { cut }: Budget): Run {
  const why = run.cut ?? cut;
  return { ...run, state: "ended", ...(why !== undefined && { cut: why }) };
}

async function walk(crawl: Crawl, { cut }: Run): Promise<void> {
  if (cut !== undefined) return; // a person has ended it
  for (;;) {
    crawl.signal.throwIfAborted();
    const next = await waiting(crawl.commit, crawl.run, batch);
    const [first] = next;
    if (first === undefined) return;
    if (first.kind === "file") await takeAll(crawl, next);
    else if (first.kind === "style") {
      if (crawl.budget.anythingLeft()) await readStyle(crawl, first);
    } else if (crawl.budget.page()) await visit(crawl, first);
    if (crawl.budget.cut !== undefined) return;
  }
}

/** Some files, a few at a time. */
async function takeAll(crawl: Crawl, found: Waypoint[]): Promise<void> {
  const line = found.values();
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    for (const waypoint of line) {
      if (failure !== undefined || !crawl.budget.item()) return;
      await crawl.steps.done(await taken(crawl, waypoint));
    }
  };
  const failing = () => worker().catch((error: unknown) => void (failure ??= { error }));
  await Promise.all(Array.from({ length: crawl.settings.limits.together }, failing));
  if (failure !== undefined) throw (failure as { error: unknown }).error;
  await crawl.steps.flush();
}

async function taken(crawl: Crawl, waypoint: Waypoint): Promise<DoneFile> {
  try {
    const { brought, acquisition } = await contentOf(crawl, waypoint);
    return { waypoint, ...(await crawl.keeper.keep(brought)), ...(acquisition && { acquisition }) };
  } catch (error) {
    crawl.signal.throwIfAborted();
    return { waypoint, outcome: { refused: { ...refusalOf(error), bytes: 0 } } };
  }
}

/** What a fetch brought, and how it came here. */
interface Brought {
  brought: Uint8Array | Sealed;
  acquisition?: Acquisition | undefined;
}

async function contentOf(crawl: Crawl, { url, foundOn }: Waypoint): Promise<Brought> {
  const { limits } = crawl.settings;
  if (url.startsWith("data:")) {
    const bytes = bytesOfDataUrl(url, limits.itemSize);
    if (bytes === undefined) throw refuse("invalid-url");
    return { brought: bytes };
  }
  const loaded = crawl.loaded.get(url);
  if (loaded !== undefined) return delivered(crawl, loaded);
  const receiver = createReceiver(crawl.vault, limits);
  const fetched = await inTurn(crawl, url, (request) =>
    crawl.fetch(url, { ...request, into: receiver.into, accept: "media", referrer: foundOn }),
  );
  return delivered(crawl, fetched, receiver);
}

function delivered(
  { archive }: Crawl,
  { status, body, recorded = [] }: Fetched,
  receiver?: Receiver,
): Brought {
  if (status < 200 || status > 299) throw refuse("http-status", { details: { status } });
  return { brought: receiver?.sealed() ?? body, acquisition: archive.acquired(recorded) };
}

/** What a style sheet shows belongs to the page that uses it. */
async function readStyle(crawl: Crawl, waypoint: Waypoint): Promise<void> {
  const { url, foundOn, depth, nesting } = waypoint;
  const { limits } = crawl.settings;
  const found: NewWaypoint[] = [];
  try {
    const fetched = await inTurn(crawl, url, (request) =>
      crawl.fetch(url, {
        ...request,
        accept: "style",
        referrer: foundOn,
        most: Math.min(request.most, limits.pageSize),
      }),
    );
    if (fetched.status >= 200 && fetched.status <= 299) {
      const { media, styles } = referencesInStyle(textOf(fetched), fetched.url, limits.references);
      found.push(...media.map((one) => ({ kind: "file" as const, url: one, foundOn, depth, nesting: 0 })));
      if (nesting < limits.styleImports)
        found.push(
          ...styles.map((one) => ({
            kind: "style" as const,
            url: one,
            foundOn,
            depth,
            nesting: nesting + 1,
          })),
        );
    }
  } catch (error) {
    crawl.signal.throwIfAborted();
    refusalOf(error); // a page without its style sheet is a page all the same
  }
  await addWaypoints(crawl, found);
  await crawl.steps.step(async (unit, run) => {
    await markDone(unit, crawl.run, url);
    return run;
  });
}

async function visit(crawl: Crawl, waypoint: Waypoint): Promise<void> {
  const isFirst = waypoint.number === 0;
  const receiver = createReceiver(crawl.vault, crawl.settings.limits);
  let page: SourcedPage;
  try {
    const referrer = isFirst ? crawl.referrer : waypoint.foundOn;
    page = await inTurn(crawl, waypoint.url, (request) =>
      crawl.source(waypoint.url, { ...request, into: receiver.into, ...(referrer && { referrer }) }),
    );
  } catch (error) {
    crawl.signal.throwIfAborted();
    if (isFirst) throw error;
    return takeAsFile(crawl, { waypoint, outcome: { refused: { ...refusalOf(error), bytes: 0 } } });
  }
  await takeDown(crawl, page);
  if (isFirst) await noteFirst(crawl, page);
  const { fetched, references } = page;
  const isFile = receiver.sealed() !== undefined; // whatever its server calls it
  const cut = page.cut ?? receiver.cut();
  if (references && !isFile)
    return readPage(crawl, waypoint, { ...page, ...(cut !== undefined && { cut }) }, references);
  try {
    const { brought, acquisition } = delivered(crawl, fetched, receiver);
    const kept = await crawl.keeper.keep(brought);
    await takeAsFile(crawl, { waypoint, ...kept, ...(acquisition && { acquisition }) });
  } catch (error) {
    const refused = { ...refusalOf(error), bytes: fetched.body.length };
    await takeAsFile(crawl, { waypoint, outcome: { refused } });
  }
}

/** What a browser asked for goes into the archive as what is fetched does, and each file knows its part of it. */
async function takeDown({ archive }: Crawl, page: SourcedPage): Promise<void> {
  const { fetched, references, files, screenshot, exchanges = [] } = page;
  const byUrl = new Map<string, Recorded>();
  for (const exchange of exchanges) byUrl.set(exchange.url, await archive.add(exchange));
  for (const file of [fetched, ...(files?.values() ?? [])]) {
    const recorded = [...file.chain, file].flatMap(({ url }) => byUrl.get(url) ?? []);
    if (recorded.length > 0) file.recorded = recorded;
  }
  if (exchanges.length === 0 || references === undefined) return;
  // What scripts made of the page was never sent by anybody.
  const { url, body: bytes } = fetched;
  await archive.resource({ uri: `urn:dom:${url}`, mime: "text/html;charset=utf-8", bytes });
  if (screenshot)
    await archive.resource({ uri: `urn:fullPage:${url}`, mime: "image/jpeg", bytes: screenshot });
}

/** Where a page was expected there is a file, or nothing. */
async function takeAsFile(crawl: Crawl, done: DoneFile): Promise<void> {
  await crawl.steps.done(done);
  await crawl.steps.flush();
}

/** From then on the run knows whose site it is about. */
async function noteFirst(crawl: Crawl, { fetched, references }: SourcedPage): Promise<void> {
  const { url, address, status, chain } = fetched;
  const said = status >= 400 ? `The site answered ${status}.` : undefined;
  await crawl.steps.step(async (unit, run) => {
    for (const hop of [...chain, { url }]) await markDone(unit, crawl.run, hop.url, run.url);
    const scripted = references?.scripted === true && references.media.length === 0;
    return {
      ...run,
      first: { url, address },
      ...(said !== undefined && { said }),
      ...(scripted && { scripted }),
    };
  });
}

/** Notes what a page shows and where it leads, then that it was read. */
async function readPage(
  crawl: Crawl,
  waypoint: Waypoint,
  { fetched, files, screenshot, cut }: SourcedPage,
  references: References,
): Promise<void> {
  const { url, status } = fetched;
  const { kind, depth, foundOn } = waypoint;
  const site = (await crawl.commit.get(runs, crawl.run))?.first?.url ?? crawl.run;
  const isElsewhere = !sameSite(url, site);
  const isRedirected = url !== waypoint.url && waypoint.number > 0;
  const isKnown = isRedirected && (await isSeen(crawl.commit, crawl.run, url));
  const isRead = !isKnown && (kind === "frame" || !isElsewhere);
  if (isRead) {
    crawl.loaded = files ?? new Map();
    await addWaypoints(crawl, foundOnPage(crawl, waypoint, url, references, isElsewhere ? undefined : site));
  }
  const shown = isRead && screenshot ? await crawl.keeper.keep(screenshot) : undefined;
  const kept = shown?.outcome.kept;
  const page: CapturedPage = {
    ...{ url, foundOn, status, depth },
    images: references.media.length,
    kind: kind === "frame" ? "frame" : "page",
    ...(kept?.preview !== undefined && { screenshot: { original: kept.original, preview: kept.preview } }),
  };
  await crawl.steps.step(async (unit, run) => {
    await markDone(unit, crawl.run, waypoint.url);
    if (isRedirected) await markDone(unit, crawl.run, url);
    if (isRead) await crawl.sink.page(unit, page);
    const said = run.said ?? cut;
    return {
      ...run,
      pages: { ...run.pages, done: run.pages.done + 1 },
      ...(said !== undefined && { said }),
    };
  });
  if (shown) crawl.keeper.forget([shown.sha256]);
}

function foundOnPage(
  { settings: { limits } }: Crawl,
  { depth, nesting, kind }: Waypoint,
  foundOn: string,
  { media, styles, frames, links }: References,
  site: string | undefined,
): NewWaypoint[] {
  const here = kind === "frame" ? nesting : 0;
  const found = (kind: Waypoint["kind"], urls: string[], how: { depth: number; nesting: number }) =>
    urls.map((url) => ({ kind, url, foundOn, ...how }));
  return [
    ...found("file", media, { depth, nesting: 0 }),
    ...found("style", styles, { depth, nesting: 0 }),
    ...(here < limits.frames ? found("frame", frames, { depth, nesting: here + 1 }) : []),
    ...(site !== undefined && depth < limits.depth
      ? found(
          "page",
          links.filter((url) => sameSite(url, site)),
          { depth: depth + 1, nesting: 0 },
        )
      : []),
  ];
}

/** Waits for the host's turn, fetches, and gives the turn back. */
async function inTurn<T>(
  { pace, signal, budget, headers, archive, settings }: Crawl,
  url: string,
  fetching: (request: PageRequest) => Promise<T>,
): Promise<T> {
  const { connections: together } = settings.limits;
  const delay = ruleFor(new URL(url), settings)?.delay ?? settings.limits.delay;
  const giveBack = await pace.turn(new URL(url).host, { delay, together }, signal);
  try {
    return await fetching({
      signal,
      most: budget.bytesLeft,
      onRead: budget.spend,
      record: archive.record,
      ...(headers && { headers }),
    });
  } finally {
    giveBack();
  }
}
