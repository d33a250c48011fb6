/** A real commit over a real store and ledger; also used by the processes that are killed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { ed25519PublicKey } from "@wardline/protocol/identity";
import { logOrigin } from "@wardline/protocol/log";
import { createCommit, type ClosableCommit } from "@wardline/node/commit";
import { openLedger, type Ledger } from "@wardline/node/ledger";
import { createStore, masterKeyOf, openStore, type Store } from "@wardline/node/store";
import { systemClock, type Clock } from "@wardline/node/telemetry";

export interface Opened {
  readonly commit: ClosableCommit;
  readonly store: Store;
  readonly ledger: Ledger;
  /** Errors that commit told the node of. */
  readonly failures: unknown[];
  readonly faults: unknown[];
  close(): Promise<void>;
}

/** Opens what is in the folder, as a start of the node does; makes it when there is nothing. */
export async function openAt(folder: string, clock: Clock = systemClock): Promise<Opened> {
  const limits = { cache: 2 ** 20, writeBuffer: 2 ** 20, records: 2 ** 16 };
  const master = masterKeyOf(new Uint8Array(32).fill(1));
  const options = { folder: join(folder, "store"), master, limits, random: systemRandom };
  const create = !existsSync(options.folder);
  if (create) await createStore(options);
  const store = await openStore(options);
  const seed = new Uint8Array(32).fill(3);
  const ledger = await openLedger({
    reader: store,
    checkpointFile: join(folder, "checkpoint"),
    origin: logOrigin("fe".repeat(32), "0d".repeat(16), 1),
    key: { seed, public: ed25519PublicKey(seed) },
    random: systemRandom,
    create,
  });
  const failures: unknown[] = [];
  const faults: unknown[] = [];
  const commit = createCommit({
    store,
    ledger,
    clock,
    onFailure: (error) => failures.push(error),
    onFault: (error) => faults.push(error),
  });
  const close = async () => {
    await commit.close();
    await store.close();
  };
  return { commit, store, ledger, failures, faults, close };
}
