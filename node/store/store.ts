/**
 * The sealed store: one folder with the database (`records/`), large values (`segments/`) and the head.
 *
 *     put → tuple (tuple.ts) → named and blinded (naming.ts) → sealed with its key inside (record.ts) → OrderedStore
 *     list → range or index (listing.ts), through changes that are not on disk yet (changes.ts, view.ts)
 */
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WardlineError, release, type Random } from "@wardline/protocol/encoding";
import { createRecordCache } from "./cache.ts";
import { changeOf, indexEntries, type Change, type IndexEntry, type Layer } from "./changes.ts";
import { STORE_ID_BYTES, founding, journalEntry, readJournal, readMarker } from "./continuity.ts";
import { createHead, openHead, type Head } from "./head.ts";
import type { MasterKey } from "./keys.ts";
import { openLevelStore } from "./level.ts";
import { createNaming, idOf } from "./naming.ts";
import type { OrderedStore, RawOperation } from "./ordered.ts";
import { decodeRecord } from "./record.ts";
import { createSealer } from "./sealing.ts";
import { withSegments } from "./segments/index.ts";
import type { Operation, Reader } from "./types.ts";
import { createView, storedRecord, type ViewParts } from "./view.ts";

/** Defaults and reasons stand in the configuration. All bytes. */
export interface StoreLimits {
  readonly cache: number;
  readonly writeBuffer: number;
  readonly records: number;
  readonly checkAtStart?: number;
  /** Records of this size and more are kept in segment files. Default: 8 KiB. */
  readonly separateFrom?: number;
  /** Size of a full segment file. Default: 64 MiB. */
  readonly segment?: number;
}

export interface StoreOptions {
  /** A folder of the store's own, e.g. `<data folder>/store`. */
  readonly folder: string;
  readonly master: MasterKey;
  readonly limits: StoreLimits;
  readonly random: Random;
}

/** The store as `commit/` uses it; everybody else reads through `Commit` and writes in units. */
export interface Store extends Reader {
  /** Makes a change ready to be read through and written. @throws `store/invalid-key`, `store/invalid-value` */
  change(operation: Operation): Change;
  /** Reads through layers of changes, the newest first, over what is on disk. */
  through(layers: () => readonly Layer[]): Reader;
  /** Writes changes, one for each record, as one synced batch; one call at a time. */
  write(changes: Iterable<Change>): Promise<void>;
  /** Waits for what is under way. Closing again does nothing. */
  close(): Promise<void>;
}

const DATABASE = "records";
const SEGMENTS = "segments";
const HEAD = "head";
const OWNER_ONLY = 0o700;
const SEPARATE_FROM = 8 * 1024;
const SEGMENT = 64 * 1024 * 1024;

/** Makes an empty store, whole or not at all. @throws `store/exists` */
export async function createStore({ folder, master, limits, random }: StoreOptions): Promise<void> {
  if (await exists(folder)) {
    throw new WardlineError("store/exists", "There is a store in this folder already.", {
      advice: "Start the node, or choose another data folder.",
    });
  }
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: OWNER_ONLY });
  const raw = await openDatabase(unfinished, limits, true);
  const storeId = random(STORE_ID_BYTES);
  await raw.batch(founding(createSealer(master.derive("store/values"), random), storeId));
  await raw.close();
  createHead(join(unfinished, HEAD), master.derive("store/head"), storeId, 1);
  await syncFolder(unfinished);
  await rename(unfinished, folder);
  await syncFolder(dirname(folder));
}

/**
 * Opens a store that exists; nothing is ever created or repaired here.
 * @throws `store/missing`, `store/in-use`, `store/damaged`, `store/emptied`, `store/foreign`, `store/incomplete`,
 * `store/behind`, `store/head-damaged`, `store/newer-format`
 */
export async function openStore({ folder, master, limits, random }: StoreOptions): Promise<Store> {
  if (!(await exists(folder))) {
    throw new WardlineError("store/missing", "There is no store in the data folder.", {
      advice:
        "Is the disk mounted? Run `wardline init` only for a new node; else restore the store from a backup.",
    });
  }
  const sealer = createSealer(master.derive("store/values"), random);
  const raw = await openDatabase(folder, limits, false);
  try {
    const storeId = await readMarker(raw, sealer);
    const head = openHead(join(folder, HEAD), master.derive("store/head"), storeId);
    const last = await readJournal(raw, sealer);
    if (last < head.read()) throw behindHead();
    const naming = createNaming(master.derive("store/names"));
    return storeOf({ raw, naming, sealer, cache: createRecordCache(limits.records) }, head, last);
  } catch (error) {
    await raw.close();
    throw error;
  }
}

async function openDatabase(folder: string, limits: StoreLimits, create: boolean): Promise<OrderedStore> {
  const { separateFrom = SEPARATE_FROM, segment = SEGMENT } = limits;
  const level = await openLevelStore(join(folder, DATABASE), { ...limits, create });
  try {
    return await withSegments(level, join(folder, SEGMENTS), { separateFrom, segment });
  } catch (error) {
    await level.close();
    throw error;
  }
}

function storeOf(parts: ViewParts, head: Head, lastBatch: number): Store {
  const { raw, naming, sealer, cache } = parts;
  let last = lastBatch;
  let closed: Promise<void> | undefined;

  async function write(changes: Iterable<Change>): Promise<void> {
    const all = [...changes];
    const operations = (await Promise.all(all.map((change) => operationsOf(parts, change)))).flat();
    await raw.batch([...operations, ...journalEntry(sealer, last + 1)]);
    for (const operation of operations) if (operation.type === "put") release(operation.value);
    last++;
    head.write(last);
    for (const { id, record } of all) cache.write(id, record);
  }

  return {
    ...createView(parts, () => []),
    change: (operation) => changeOf(naming, operation),
    through: (layers) => createView(parts, layers),
    write,
    close: () => (closed ??= raw.close().then(head.close)),
  };
}

/** What one change does to the database: the record, and the index entries that come and go with it. */
async function operationsOf(parts: ViewParts, change: Change): Promise<RawOperation[]> {
  const { recordKey, record } = change;
  const operations: RawOperation[] = [
    record
      ? { type: "put", key: recordKey, value: parts.sealer.seal(record) }
      : { type: "del", key: recordKey },
  ];
  const before = new Map((await entriesBefore(parts, change)).map(({ key }) => [idOf(key), key]));
  for (const { key } of change.indexEntries) {
    if (!before.delete(idOf(key))) operations.push({ type: "put", key, value: NOTHING });
  }
  for (const key of before.values()) operations.push({ type: "del", key });
  return operations;
}

const NOTHING = new Uint8Array(0);

/** Where the indexes list what is on disk now under the key of this change. */
async function entriesBefore(parts: ViewParts, change: Change): Promise<IndexEntry[]> {
  const { collection, recordKey, id, added } = change;
  if (added || collection.writeOnce || Object.keys(collection.indexes).length === 0) return [];
  const record = await storedRecord(parts, recordKey, id);
  if (record === undefined) return [];
  return indexEntries(parts.naming, collection, recordKey, decodeRecord(record, recordKey).value);
}

function behindHead(): WardlineError {
  return new WardlineError(
    "store/behind",
    "The store's last changes are missing: it is older than its own head.",
    {
      advice:
        "Files of it were lost, emptied or put back. Copy the data folder, then restore the store from a backup.",
    },
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
