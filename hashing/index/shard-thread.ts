/**
 * The thread that searches: it holds some shards and takes turns. In each turn it answers every query that waits, then
 * does one step of other work: a batch of additions, a piece of saving, or some compacting. So queries wait for one
 * step at most, and overtake additions that nobody was told about yet.
 */
import { parentPort, workerData } from "node:worker_threads";
import { HashingError } from "../errors.ts";
import {
  BYTES_PER_HASH,
  FORGET,
  type Envelope,
  type How,
  type Reply,
  type ShardRequest,
  type ShardState,
  type ShardThreadData,
} from "./messages.ts";
import { searchAll } from "./search-all.ts";
import { writeShelf, readShelf } from "./shelf-file.ts";
import { emptyShelf, type Shelf } from "./shelf.ts";
import { createStaging, type Staging } from "./staging.ts";
import { errorParts } from "./thread.ts";

/** Entries of a shard moved in one step: some milliseconds. */
const COMPACT_BUDGET = 200_000;
/** Compacting begins by itself when this share of the hashes is loose, and more than a few. */
const LOOSE_SHARE = 0.02;
const LOOSE_LEAST = 2_000;

const port = parentPort;
if (!port) throw new Error("shard-thread.ts is started as a thread.");

type Waiting = Envelope<ShardRequest>;
const queries: Waiting[] = [];
const works: Waiting[] = [];
/** Those who wait until everything is compact. */
const compactions: Waiting[] = [];
let job: { id: number; steps: Generator<void, void> } | undefined;
/** Bulk builds, by shelf. */
const staged: (Staging | undefined)[] = [];
let compacting = false;
let scheduled = false;

const send = (reply: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
const shelves = startingShelves(workerData as ShardThreadData);

port.on("message", (message: Waiting) => {
  if (message.request.kind === "match") queries.push(message);
  else if (message.request.kind === "compact") compactions.push(message);
  else works.push(message);
  schedule();
});

function startingShelves({ shards }: ShardThreadData): Shelf[] {
  try {
    const started = shards.map(({ capacity, file }) => (file ? readShelf(file) : emptyShelf(capacity)));
    send({ id: 0, value: started.map(stateOf) });
    return started;
  } catch (error) {
    if (!(error instanceof HashingError)) throw error;
    send({ id: 0, error: errorParts(error) });
    return [];
  }
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(turn);
}

function turn(): void {
  scheduled = false;
  for (const { id, request } of queries.splice(0)) if (request.kind === "match") answer(id, request.asked);
  if (job) step();
  else begin(works.shift());
  if (!job) compact();
  if (queries.length + works.length > 0 || job || compacting) schedule();
}

function answer(id: number, asked: Extract<ShardRequest, { kind: "match" }>["asked"]): void {
  const { found, transfer } = searchAll(shelves, asked);
  send({ id, value: found }, transfer);
}

function begin(work: Waiting | undefined): void {
  if (!work) return;
  const { id, request } = work;
  if (request.kind === "save") job = { id, steps: savingSteps(request.files) };
  else {
    if (request.kind === "begin") beginBuild();
    else if (request.kind === "end") shelves.forEach((_, place) => endBuild(place));
    else if (request.kind === "write")
      request.operations.forEach((operations, place) => change(place, operations, request.how));
    send({ id, value: shelves.map(stateOf) });
  }
}

/** Empty shelves are filled when everything is there; others take entries as they come. */
function beginBuild(): void {
  shelves.forEach(({ entries, shard }, place) => {
    if (entries === 0) staged[place] ??= createStaging(shard.capacity);
  });
}

function endBuild(place: number): void {
  const built = staged[place];
  staged[place] = undefined;
  if (!built) return;
  (shelves[place] as Shelf).fill(built);
  built.release();
}

/** What comes beside a build ends it for its shelf, so that changes stay in order. */
function change(place: number, operations: Uint32Array, how: How): void {
  if (how !== "build") endBuild(place);
  const shelf = shelves[place] as Shelf;
  const building = staged[place];
  if (building) apply({ put: building.add, take: () => {} }, operations);
  else apply(shelf, operations);
}

function* savingSteps(files: Extract<ShardRequest, { kind: "save" }>["files"]): Generator<void, void> {
  for (const [place, file] of files.entries()) yield* writeShelf(shelves[place] as Shelf, file);
}

/** Saving may fail (a full disk) and leaves the shards as they are; any other failure ends the thread. */
function step(): void {
  if (!job) return;
  try {
    if (!job.steps.next().done) return;
    send({ id: job.id, value: undefined });
  } catch (error) {
    if (!(error instanceof HashingError)) throw error;
    send({ id: job.id, error: errorParts(error) });
  }
  job = undefined;
}

function apply(shelf: Pick<Shelf, "put" | "take">, operations: Uint32Array): void {
  for (let at = 0; at < operations.length;) {
    const [a, b, c] = [operations[at + 1] ?? 0, operations[at + 2] ?? 0, operations[at + 3] ?? 0];
    if (operations[at] === FORGET) {
      shelf.take(a, b, c);
      at += 4;
    } else {
      shelf.put({ a, b, c }, operations.subarray(at + 4, at + 12));
      at += 12;
    }
  }
}

/** One step of compacting: when asked for, or when there is nothing else to do and enough lies loose. */
function compact(): void {
  const isDue = ({ shard }: Shelf) => shard.loose > Math.max(LOOSE_LEAST, shard.size * LOOSE_SHARE);
  compacting ||= compactions.length > 0 || (works.length === 0 && shelves.some(isDue));
  if (!compacting) return;
  compacting = shelves.some(({ shard }) => shard.compact(COMPACT_BUDGET));
  if (compacting) return;
  const value = shelves.map(stateOf);
  for (const { id } of compactions.splice(0)) send({ id, value });
}

/** What is staged counts as what it will be. */
function stateOf({ shard, entries, bytes }: Shelf, place: number): ShardState {
  const coming = staged[place]?.count ?? 0;
  return { hashes: shard.size + coming, entries: entries + coming, bytes: bytes + coming * BYTES_PER_HASH };
}
