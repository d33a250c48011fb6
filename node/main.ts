/**
 * The composition root: opens what the node keeps, builds the services from the ground up, fills their registries by the
 * desk of this kind of member, and opens the doors. Everything is stopped in the opposite order.
 *
 *   unlock → store → commit → vault → jobs → federation → ledger → casework → takedown → desk → network → jobs → HTTP
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isWardlineError, systemRandom, type Random } from "@wardline/protocol/encoding";
import { logOrigin } from "@wardline/protocol/log";
import type { Accounts, Route } from "./accounts/index.ts";
import {
  createIdempotency,
  startServer,
  workplaceRoutes,
  type HttpServer,
  type Idempotency,
} from "./api/index.ts";
import { captureUrl, guardedFetch, traceHosting } from "./capture/index.ts";
import { createCasework, type Casework } from "./casework/index.ts";
import type { Commit } from "./commit/index.ts";
import type { Configuration } from "./configuration/index.ts";
import { createDecoder } from "./decode/index.ts";
import { deskFor } from "./desks/index.ts";
import { createFederation, type DelegatedKey, type Federation } from "./federation/index.ts";
import { createJobs, type Jobs } from "./jobs/index.ts";
import { createJurisdictions } from "./jurisdiction/index.ts";
import { openLedger, type Ledger } from "./ledger/index.ts";
import { openAccounts, openDataFolder, type Surroundings } from "./opening.ts";
import { createMailer, createTakedown } from "./takedown/index.ts";
import { createLog, systemClock, type Clock, type Log } from "./telemetry/index.ts";
import { openVault, type Vault } from "./vault/index.ts";

/** The ledger's epoch; a higher one after a restore. */
const epoch = 1;
const hour = 3_600_000;
const builtInterface = fileURLToPath(new URL("../ui/dist", import.meta.url));

export interface StartOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  /** For data that a passphrase unlocks. */
  readonly passphrase?: string | undefined;
  /** Freshness keys delegated to this member: kept, and from then on the node renews freshness by itself. */
  readonly freshnessKeys?: readonly DelegatedKey[];
  /** Told once when the node cannot write any more. It is stopped; the program should end and be started again. */
  readonly onFailure?: (error: unknown) => void;
}

export interface NodeServices {
  readonly accounts: Accounts;
  readonly commit: Commit;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly federation: Federation;
  readonly casework: Casework;
  /** Every route that this node's API serves. */
  readonly routes: readonly Route[];
}

export interface RunningNode {
  readonly services: NodeServices;
  readonly urls: { readonly workplace: string; readonly p2p: readonly string[] };
  /** Closes the doors, waits for what is being written, and lets go of the data folder; again does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a node that was initialised and has joined a federation; see `createDataFolder` and `joinNode`.
 * @throws with the room's code whatever keeps it from starting; nothing stays open then
 */
export async function startNode(
  configuration: Configuration,
  options: StartOptions = {},
): Promise<RunningNode> {
  const {
    clock = systemClock,
    random = systemRandom,
    log = createLog(configuration.log),
    passphrase,
  } = options;
  const stops: (() => Promise<unknown> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll(stops, log));
  const onFailure = (error: unknown) => {
    log.error({ error }, "the node cannot write to its data folder and stops");
    void stop().then(() => options.onFailure?.(error));
  };
  try {
    const node = await build(configuration, { clock, random, log, passphrase }, stops, onFailure);
    const { freshnessKeys = [] } = options;
    if (freshnessKeys.length > 0) await node.services.federation.holdFreshnessKeys(freshnessKeys);
    return { ...node, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  configuration: Configuration,
  surroundings: Surroundings,
  stops: (() => Promise<unknown> | void)[],
  onFailure: (error: unknown) => void,
): Promise<Omit<RunningNode, "stop">> {
  const { dataFolder, listen } = configuration;
  const { clock, random, log } = surroundings;
  const opened = await openDataFolder(configuration, surroundings, onFailure);
  stops.push(opened.close);
  const { master, keyring, ledger, lateLedger } = opened;
  const idempotency = createIdempotency(
    opened.commit,
    master.derive("api/idempotency"),
    listen.http.keepAnswers,
  );
  // Writes as the plain one does, and remembers which request did what.
  const { commit } = idempotency;
  const now = () => clock.now();
  const vault = await openVault({ dataFolder, master, settings: configuration.vault, random, now });
  const jobs = createJobs({ commit, clock, random, settings: configuration.jobs, onFault: faultsOf(log) });
  stops.push(() => jobs.stop());

  const federation = await createFederation({
    configuration,
    keyring,
    commit,
    ledger,
    jobs,
    vault,
    clock,
    log,
    random,
  });
  stops.push(() => federation.stop());
  const origin = logOrigin(federation.trust().federationId, federation.self.id, epoch);
  const checkpointFile = join(dataFolder, "checkpoint");
  await lateLedger.open(opened.commit, ({ create }) =>
    openLedger({ reader: opened.commit, checkpointFile, origin, key: keyring.log, random, create }),
  );

  const accounts = openAccounts(configuration, surroundings, { master, commit });
  const base = { commit, jobs, vault, ledger, federation, clock, random };
  const { casework, desk, deskServices } = await openDesk(configuration, base, accounts, log, stops);
  const events = { heartbeat: listen.http.heartbeat, perSession: listen.http.streams };
  const routes = [
    ...workplaceRoutes({ accounts, federation, commit, clock, events }),
    ...desk.routes(deskServices),
  ];

  await federation.start();
  jobs.start();
  const server = await openDoor(configuration, { accounts, idempotency, routes, log });
  stops.push(() => server.stop());
  stops.push(housekeeping(clock, log, [() => accounts.sweep(), () => idempotency.sweep()]));
  sweepVault(vault, [casework.vaultNames(commit), desk.vaultNames(commit)], log);
  return {
    services: { accounts, commit, ledger, vault, jobs, federation, casework, routes },
    urls: { workplace: server.url, p2p: federation.addresses() },
  };
}

type Base = Pick<NodeServices, "commit" | "jobs" | "vault" | "ledger" | "federation"> & {
  clock: Clock;
  random: Random;
};

/** Casework, takedown, and what this kind of member adds to them. */
async function openDesk(
  configuration: Configuration,
  base: Base,
  { approvals }: Accounts,
  log: Log,
  stops: (() => Promise<unknown> | void)[],
) {
  const {
    capture: settings,
    jurisdiction,
    takedown: takedownSettings,
    decode,
    casework: caseworkSettings,
  } = configuration;
  const { commit, jobs, vault, federation, clock, random } = base;
  const decoder = createDecoder(decode, clock);
  stops.push(() => decoder.close());
  // Without a sandbox nothing is decoded and every capture says so; the operator hears it at the start.
  decoder.check().catch((error: unknown) => log.error({ error }, "the sandbox for pictures does not work"));
  const jurisdictions = createJurisdictions(jurisdiction.dataFolder);
  const trace = (url: string, address?: string) =>
    traceHosting(url, {
      overrides: jurisdiction.hostingOverrides,
      clock,
      ...(address === undefined ? {} : { address }),
    });

  const casework = createCasework({
    ...base,
    ...{ decoder, jurisdictions, settings: caseworkSettings },
    capture: (url, { signal, onProgress }) =>
      captureUrl(url, {
        ...{ decoder, vault, settings, signal, onProgress, clock, trace },
        fetch: (target, choices) => guardedFetch(target, { ...choices, settings, clock }),
      }),
  });
  const takedown = createTakedown({
    ...{ commit, jobs, casework, federation, jurisdictions, clock, trace, settings: takedownSettings },
    overrides: jurisdiction.hostingOverrides,
    mailer: createMailer(await withPassword(takedownSettings.smtp)),
    fetch: (url, choices) => guardedFetch(url, { ...choices, settings, clock }),
  });
  const desk = deskFor(federation.self.kind);
  const deskServices = {
    settings: configuration.desks,
    commit,
    jobs,
    vault,
    federation,
    casework,
    takedown,
    approvals,
    clock,
    random,
  };
  desk.register(deskServices);
  await casework.start();
  return { casework, desk, deskServices };
}

async function withPassword({ passwordFile, ...smtp }: Configuration["takedown"]["smtp"]) {
  const password = passwordFile === undefined ? undefined : (await readFile(passwordFile, "utf8")).trim();
  return { ...smtp, password };
}

async function openDoor(
  { listen: { http }, scheme }: Configuration,
  parts: { accounts: Accounts; idempotency: Idempotency; routes: readonly Route[]; log: Log },
): Promise<HttpServer> {
  const tls = http.tls && {
    certificate: await readFile(http.tls.certificate),
    key: await readFile(http.tls.key),
  };
  return startServer({
    ...parts,
    settings: { ...http, scheme },
    interfaceFolder: http.interfaceFolder ?? builtInterface,
    ...(tls === undefined ? {} : { tls }),
    onFault: ({ route, code, error }) => parts.log.error({ route, code, error }, "a request failed"),
  });
}

/** Removes now and then what has expired. Returns how to stop. */
function housekeeping(clock: Clock, log: Log, chores: readonly (() => Promise<void>)[]): () => void {
  let cancel: () => void = () => undefined;
  const round = () => {
    for (const chore of chores) chore().catch((error: unknown) => log.warn({ error }, "housekeeping failed"));
    cancel = clock.after(hour, round);
  };
  round();
  return () => cancel();
}

/** Removes from the vault what nothing refers to: left by a crash between storing and committing. */
function sweepVault(vault: Vault, known: readonly AsyncIterable<string>[], log: Log): void {
  const sweep = async () => {
    const names = new Set<string>();
    for (const source of known) for await (const name of source) names.add(name);
    await vault.sweep(names);
  };
  sweep().catch((error: unknown) => log.warn({ error }, "the vault could not be swept"));
}

function faultsOf(
  log: Log,
): (fault: { kind: string; job: string; error: unknown; givenUp: boolean }) => void {
  return ({ kind, job, error, givenUp }) => log.warn({ kind, job, error, givenUp }, "a job failed");
}

async function stopAll(stops: readonly (() => Promise<unknown> | void)[], log: Log): Promise<void> {
  for (const stop of stops.toReversed()) {
    try {
      await stop();
    } catch (error) {
      if (!isWardlineError(error, "commit/stopped")) log.warn({ error }, "a part did not stop cleanly");
    }
  }
}
