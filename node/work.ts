/** What the node is for, put together: capture and its sandbox, casework, takedown, and the desk of this kind of member. */
import { readFile } from "node:fs/promises";
import { isWardlineError, type Random } from "@wardline/protocol/encoding";
import type { Accounts, Route } from "./accounts/index.ts";
import {
  createCaptures,
  createRegistry,
  createRenderer,
  createVideos,
  guardedFetch,
  pagesByRule,
  plainPages,
  readCdns,
  renderedPages,
  traceHosting,
  type Fetch,
  type Registry,
  type Renderer,
} from "./capture/index.ts";
import { createCasework, type Casework } from "./casework/index.ts";
import type { Commit } from "./commit/index.ts";
import type { Configuration } from "./configuration/index.ts";
import { createDecoder, createVideoDecoder, type Decoder } from "./decode/index.ts";
import { deskFor } from "./desks/index.ts";
import { exportRoutes } from "./export/index.ts";
import type { Federation } from "./federation/index.ts";
import type { Jobs } from "./jobs/index.ts";
import { createJurisdictions } from "./jurisdiction/index.ts";
import type { Ledger } from "./ledger/index.ts";
import { createMailer, createPoster, createTakedown, pictureHash } from "./takedown/index.ts";
import type { Clock, Health, Log } from "./telemetry/index.ts";
import type { Vault } from "./vault/index.ts";

export interface Ground {
  readonly configuration: Configuration;
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly federation: Federation;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly health: Health;
}

export interface Work {
  readonly casework: Casework;
  readonly routes: readonly Route[];
  /** Names of everything in the vault that something refers to. */
  vaultNames(): AsyncIterable<string>;
  /** Drops what has expired; for housekeeping. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** Registers all handlers and jobs; nothing runs before federation and jobs start. */
export async function openWork(ground: Ground): Promise<Work> {
  const { configuration, commit, jobs, vault, ledger, federation, accounts, clock, random } = ground;
  const { takedown: takedownSettings, jurisdiction } = configuration;
  const jurisdictions = createJurisdictions(jurisdiction.dataFolder);
  const decoder = createDecoder(configuration.decode, clock);
  void reportSandbox(decoder, ground);
  const videoDecoder = createVideoDecoder(configuration.decode, clock);
  const videos = createVideos({
    ...{ decoder: videoDecoder, vault, clock },
    largest: configuration.decode.video.largestBytes,
    time: configuration.capture.limits.videoTime,
  });
  const { bubblewrap } = configuration.decode;
  const renderer = createRenderer({ settings: configuration.capture, bubblewrap, clock, log: ground.log });
  const fetch = guardedFetchOf(configuration, clock);
  const registry = createRegistry({ settings: configuration.hosting.rdap, fetch, commit, clock });
  const web = { fetch, trace: traceOf(configuration, registry, clock) };

  const casework = createCasework({
    ...{ commit, jobs, vault, ledger, federation, clock, random, decoder, videos, jurisdictions },
    settings: configuration.casework,
    country: jurisdiction.country,
    trace: web.trace,
    captures: createCaptures({
      ...pagesFrom(web.fetch, renderer, configuration),
      ...{ ...web, commit, decoder, videos, vault, clock, random },
      previewSide: configuration.decode.previewSide,
      settings: configuration.capture,
    }),
  });
  const takedown = createTakedown({
    ...{ commit, jobs, casework, federation, jurisdictions, clock, ...web, settings: takedownSettings },
    overrides: jurisdiction.hostingOverrides,
    hashPicture: pictureHash(decoder),
    mailer: createMailer(await withPassword(takedownSettings.smtp)),
    poster: createPoster(takedownSettings, clock),
    random,
  });
  const desk = deskFor(federation.self.kind);
  const { approvals } = accounts;
  const services = {
    ...{ commit, jobs, vault, federation, casework, takedown, approvals, clock, random },
    settings: configuration.desks,
  };
  desk.register(services);
  const exporting = { commit, vault, ledger, federation, casework, approvals, clock, random };
  await casework.start();
  await takedown.start();
  return {
    casework,
    routes: [
      ...desk.routes(services),
      ...casework.advertRoutes(),
      ...exportRoutes({ ...exporting, settings: configuration.export }),
    ],
    async *vaultNames() {
      yield* casework.vaultNames(commit);
      yield* desk.vaultNames(commit);
    },
    sweep: () => registry.sweep(),
    async stop() {
      videoDecoder.close();
      renderer.close();
      await Promise.all([decoder.close(), casework.stop(), takedown.stop()]);
    },
  };
}

/** Without a sandbox nothing is decoded and every capture says so; the operator hears it at the start. */
async function reportSandbox(decoder: Decoder, { health, log }: Ground): Promise<void> {
  try {
    await decoder.check();
    health.report("sandbox", "working");
  } catch (error) {
    health.report("sandbox", "degraded", isWardlineError(error) ? error.code : undefined);
    log.error({ error }, "the sandbox for pictures does not work");
  }
}

/** The hostile web, bound to what this configuration allows. */
function guardedFetchOf({ capture: settings }: Configuration, clock: Clock) {
  type Choices = Omit<Parameters<typeof guardedFetch>[1], "settings">;
  return (url: string, choices: Choices) => guardedFetch(url, { ...choices, settings, clock });
}

/** Pages as they are sent, and as a browser shows them. */
function pagesFrom(fetch: Fetch, renderer: Renderer, { capture }: Configuration) {
  const plain = plainPages(fetch, capture.limits.references);
  const rendered = renderedPages(renderer, plain);
  return { source: pagesByRule(capture, plain, rendered), rendered };
}

/** Where a URL is hosted, by what ships, what is configured, and what registries say. */
function traceOf({ capture, hosting, jurisdiction }: Configuration, registry: Registry, clock: Clock) {
  const known = { capture, overrides: jurisdiction.hostingOverrides, networks: hosting.networks };
  const cdns = readCdns(hosting.cdns);
  return (url: string, address?: string) =>
    traceHosting(url, { ...known, cdns, registry, clock, ...(address === undefined ? {} : { address }) });
}

async function withPassword({ passwordFile, ...smtp }: Configuration["takedown"]["smtp"]) {
  const password = passwordFile === undefined ? undefined : (await readFile(passwordFile, "utf8")).trim();
  return { ...smtp, password };
}
