/** Opens store and ledger and writes to them as commit does; also used by the processes that are killed. */
import { existsSync } from "node:fs";
import { systemRandom } from "@wardline/protocol/encoding";
import { ed25519PublicKey } from "@wardline/protocol/identity";
import { logOrigin } from "@wardline/protocol/log";
import { openLedger, type ErasingUnit, type Ledger, type NewEntry } from "@wardline/node/ledger";
import {
  createStore,
  deleting,
  masterKeyOf,
  openStore,
  putting,
  type Operation,
  type Reader,
} from "@wardline/node/store";

export const origin = logOrigin("fe".repeat(32), "0d".repeat(16), 1);
const seed = new Uint8Array(32).fill(3);
export const logKey = { seed, public: ed25519PublicKey(seed) };
const limits = { cache: 2 ** 20, writeBuffer: 2 ** 20, records: 2 ** 20 };

export interface Place {
  readonly storeFolder: string;
  readonly checkpointFile: string;
  readonly origin?: string;
}

export interface OpenLedger {
  readonly ledger: Ledger;
  readonly reader: Reader;
  write(operations: readonly Operation[]): Promise<void>;
  /** Erases in a batch with its own entry, as a unit of work would. */
  erase(erasure: { index: number; reason: string; actor: string }, now: number): Promise<void>;
  close(): Promise<void>;
}

export async function openAt(place: Place, options: { create?: boolean } = {}): Promise<OpenLedger> {
  const master = masterKeyOf(new Uint8Array(32).fill(1));
  const folder = { folder: place.storeFolder, master, limits, random: systemRandom };
  if (options.create && !existsSync(place.storeFolder)) await createStore(folder);
  const store = await openStore(folder);
  const ledger = await openLedger({
    reader: store,
    checkpointFile: place.checkpointFile,
    origin: place.origin ?? origin,
    key: logKey,
    random: systemRandom,
    ...options,
  });
  const write = (operations: readonly Operation[]) => store.write(operations.map((one) => store.change(one)));
  let open = true;

  async function erase(
    erasure: { index: number; reason: string; actor: string },
    now: number,
  ): Promise<void> {
    const operations: Operation[] = [];
    const recorded: NewEntry[] = [];
    const unit: ErasingUnit = {
      get: (...args) => store.get(...args),
      has: (...args) => store.has(...args),
      list: (...args) => store.list(...args),
      listed: (...args) => store.listed(...args),
      count: (...args) => store.count(...args),
      now,
      put: (collection, key, value) => void operations.push(putting(collection, key, value)),
      delete: (collection, key) => void operations.push(deleting(collection, key)),
      record: (entry) => void recorded.push(entry),
    };
    await ledger.erase(unit, erasure);
    const prepared = ledger.append(recorded, now);
    await write([...operations, ...prepared.operations]);
    await prepared.applied();
  }

  return {
    ledger,
    reader: store,
    write,
    erase,
    async close() {
      if (open) await store.close();
      open = false;
    },
  };
}
