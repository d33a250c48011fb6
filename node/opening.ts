/** The parts of a node that need no network: made by `wardline init`, opened by `start` and by `wardline people`. */
import { join } from "node:path";
import type { Random } from "@wardline/protocol/encoding";
import { createAccounts, type Accounts } from "./accounts/index.ts";
import { createCommit, type Commit } from "./commit/index.ts";
import type { Configuration } from "./configuration/index.ts";
import { giveHeapRoom } from "./heap.ts";
import type { Ledger } from "./ledger/index.ts";
import { createLateLedger, type LateLedger } from "./late-ledger.ts";
import { refusingRecords } from "./read-only.ts";
import { createStore, openStore, type MasterKey } from "./store/index.ts";
import type { Clock, Log } from "./telemetry/index.ts";
import {
  createKeyring,
  createMasterKey,
  openKeyring,
  unlock,
  type Keyring,
  type OpeningWay,
} from "./vault/index.ts";

/** What everything that opens a node is given: time, randomness, where to log, and a passphrase if one opens it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly passphrase?: string | undefined;
}

export interface OpenedFolder {
  readonly master: MasterKey;
  readonly keyring: Keyring;
  readonly commit: Commit;
  readonly ledger: Ledger;
  readonly lateLedger: LateLedger;
  /** Waits for what is being written; again does nothing. */
  close(): Promise<void>;
}

/** How this configuration's data is unlocked: key file, credential, or the passphrase that a person types. */
export function openingWay(configuration: Configuration, passphrase: string | undefined): OpeningWay {
  const { keyFile, credential } = configuration;
  if (keyFile !== undefined) return { keyFile };
  if (credential !== undefined)
    return { credential, credentialsFolder: process.env["CREDENTIALS_DIRECTORY"] };
  return { passphrase };
}

/**
 * Makes data folder, master key, keyring and an empty store for a new node.
 * @throws `vault/already-initialised`, `store/exists`, and what the key's place is refused for
 */
export async function createDataFolder(
  configuration: Configuration,
  surroundings: Surroundings,
): Promise<void> {
  const { dataFolder } = configuration;
  const { clock, random, passphrase } = surroundings;
  const master = await createMasterKey(dataFolder, openingWay(configuration, passphrase), random);
  await createKeyring(dataFolder, master, random, clock.now());
  await createStore(storeOptions(configuration, master, random));
}

/**
 * Opens the data folder; one process at a time.
 * @param onFailure told once when a batch could not be written: the node must stop
 * @throws `vault/…` when it does not unlock, `store/…` when its data is not as it was left
 */
export async function openDataFolder(
  configuration: Configuration,
  { clock, random, log, passphrase }: Surroundings,
  onFailure: (error: unknown) => void,
): Promise<OpenedFolder> {
  giveHeapRoom();
  const { dataFolder } = configuration;
  const master = await unlock(dataFolder, openingWay(configuration, passphrase));
  const keyring = await openKeyring(dataFolder, master, random);
  const store = await openStore(storeOptions(configuration, master, random));
  const lateLedger = createLateLedger();
  let closing: Promise<void> | undefined;
  const plain = createCommit({
    store,
    ledger: lateLedger.ledger,
    clock,
    onFailure,
    onFault: (error) => log.error({ error }, "a listener failed"),
  });
  const { ledger } = lateLedger;
  const commit = refusingRecords(plain, () => ledger.problem);
  return {
    ...{ master, keyring, commit, ledger, lateLedger },
    close: () => (closing ??= plain.close().then(() => store.close())),
  };
}

/** The people of the node. `commit` is the opened folder's, or one that writes through to it. */
export function openAccounts(
  { accounts: settings }: Configuration,
  { clock, random }: Surroundings,
  { master, commit }: Pick<OpenedFolder, "master" | "commit">,
): Accounts {
  return createAccounts({ settings, commit, clock, random, secret: master.derive("accounts/pseudonyms") });
}

function storeOptions({ dataFolder, store }: Configuration, master: MasterKey, random: Random) {
  return { folder: join(dataFolder, "store"), master, limits: store, random };
}
