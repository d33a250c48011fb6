/**
 * The composition root: opens what the node keeps, builds the services from the ground up, and opens the doors. Everything
 * is stopped in the opposite order.
 *
 *   unlock → store → commit → vault → jobs → federation → ledger → casework, takedown, desk → network → jobs → HTTP
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isWardlineError, systemRandom, type Random, type WardlineError } from "@wardline/protocol/encoding";
import { logOrigin } from "@wardline/protocol/log";
import type { Accounts, Route } from "./accounts/index.ts";
import {
  createIdempotency,
  startServer,
  workplaceRoutes,
  type HttpServer,
  type Idempotency,
} from "./api/index.ts";
import type { Casework } from "./casework/index.ts";
import type { Commit } from "./commit/index.ts";
import type { Configuration } from "./configuration/index.ts";
import { createFederation, epochOf, type DelegatedKey, type Federation } from "./federation/index.ts";
import { startHousekeeping, sweepVault } from "./housekeeping.ts";
import { createJobs, type JobFault, type Jobs } from "./jobs/index.ts";
import { formerLogKeys, openLedger, type Ledger } from "./ledger/index.ts";
import { openAccounts, openDataFolder, type Surroundings } from "./opening.ts";
import { createHealth, createLog, systemClock, type Clock, type Log } from "./telemetry/index.ts";
import { openVault, type Vault } from "./vault/index.ts";
import { openWork } from "./work.ts";

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
  /** Why the node only shows what it has, if so: its ledger is not the one that was last acknowledged. */
  readonly readOnly: WardlineError | undefined;
  /** Closes the doors, waits for what is being written, and lets go of the data folder; again does nothing. */
  stop(): Promise<void>;
}

/** How to undo what has been started so far; undone from the last to the first. */
type Stops = (() => Promise<unknown> | void)[];

/**
 * Starts a node that was initialised and has joined a federation. With a ledger that was rolled back or damaged it starts
 * read-only: no jobs run, and the workplace refuses every change. One that was restored meets the other members, to learn
 * what it signed before, and signs nothing.
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
  const stops: Stops = [];
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
  stops: Stops,
  onFailure: (error: unknown) => void,
): Promise<Omit<RunningNode, "stop">> {
  const { http } = configuration.listen;
  const { clock, random, log } = surroundings;
  const health = createHealth(() => clock.now());
  const opened = await openDataFolder(configuration, surroundings, onFailure);
  stops.push(opened.close);
  const { master, keyring, ledger } = opened;
  const idempotency = createIdempotency(opened.commit, master.derive("api/idempotency"), http.keepAnswers);
  // Writes as the plain one does, and remembers which request did what.
  const { commit } = idempotency;
  const { dataFolder, vault: settings } = configuration;
  const vault = await openVault({ dataFolder, master, settings, random, now: () => clock.now() });
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
    onRestored: (problem) => {
      opened.lateLedger.halt(problem);
      health.report("ledger", "degraded", ledger.problem?.code);
    },
  });
  stops.push(() => federation.stop());
  await openTheLedger(opened, federation, join(dataFolder, "checkpoint"), random);
  if (ledger.problem) health.report("ledger", "degraded", ledger.problem.code);
  else health.report("ledger", "working");

  const accounts = openAccounts(configuration, surroundings, { master, commit });
  const work = await openWork({
    configuration,
    commit,
    jobs,
    vault,
    ledger,
    federation,
    accounts,
    clock,
    random,
    log,
    health,
  });
  stops.push(work.stop);
  const events = { heartbeat: http.heartbeat, perSession: http.streams };
  const routes = [
    ...workplaceRoutes({ accounts, federation, commit, clock, events, health }),
    ...work.routes,
  ];

  if (mayMeetMembers(ledger)) await federation.start();
  const readOnly = ledger.problem;
  if (readOnly) log.error({ code: readOnly.code }, "the node is read-only");
  else jobs.start();
  const server = await openDoor(configuration, { accounts, idempotency, routes, log });
  stops.push(() => server.stop());
  if (!readOnly) {
    stops.push(startHousekeeping(clock, log, [accounts.sweep, idempotency.sweep, work.sweep]));
    sweepVault(vault, work.vaultNames()).catch((error: unknown) =>
      log.warn({ error }, "the vault was not swept"),
    );
  }
  return {
    services: { accounts, commit, ledger, vault, jobs, federation, casework: work.casework, routes },
    urls: { workplace: server.url, p2p: federation.addresses() },
    readOnly,
  };
}

/** A node that was restored asks the others what it signed before; with any other problem it stays by itself. */
function mayMeetMembers({ problem }: Ledger): boolean {
  return problem === undefined || problem.code === "ledger/rolled-back" || problem.code === "ledger/restored";
}

async function openTheLedger(
  { commit, keyring, lateLedger }: Awaited<ReturnType<typeof openDataFolder>>,
  federation: Federation,
  checkpointFile: string,
  random: Random,
): Promise<void> {
  const origin = logOrigin(federation.trust().federationId, federation.self.id, await epochOf(commit));
  const former = formerLogKeys(keyring.handovers);
  await lateLedger.open(commit, ({ create }) =>
    openLedger({ reader: commit, checkpointFile, origin, key: keyring.log, former, random, create }),
  );
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

function faultsOf(log: Log): (fault: JobFault) => void {
  return ({ kind, job, error, givenUp }) => log.warn({ kind, job, error, givenUp }, "a job failed");
}

async function stopAll(stops: Stops, log: Log): Promise<void> {
  for (const stop of stops.toReversed()) {
    try {
      await stop();
    } catch (error) {
      if (!isWardlineError(error, "commit/stopped")) log.warn({ error }, "a part did not stop cleanly");
    }
  }
}
