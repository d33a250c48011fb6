/**
 * The shards, spread over threads, and what is known of their size: asked before anything is sent, so that a batch that
 * would not fit is refused as a whole.
 */
import { HashingError } from "../errors.ts";
import type { Changes } from "./packing.ts";
import { startThread, type Thread } from "./thread.ts";
import {
  BYTES_PER_HASH,
  type Found,
  type HashesAsked,
  type How,
  type ShardRequest,
  type ShardState,
  type ShardThreadData,
} from "./messages.ts";
import type { ShelfFile } from "./shelf-file.ts";
import { MOST_HASHES } from "./shelf.ts";

export interface Shards {
  readonly entries: number;
  readonly hashes: number;
  readonly bytes: number;
  /** All of these, or none: throws at once, before anything is sent, `hashing/full` or `hashing/out-of-memory`. */
  write(batches: readonly Changes[], how: How): Promise<unknown>;
  /** Into empty shards, what is written with `build` is laid out at once by `end`, and seen from then on. */
  begin(): Promise<void>;
  end(): Promise<void>;
  match(asked: HashesAsked): Promise<Found[]>;
  save(files: readonly ShelfFile[]): Promise<void>;
  compact(): Promise<void>;
  close(): Promise<void>;
}

/** Hashes spread evenly but not exactly: room beyond a shard's share, for small shards and for large ones. */
const SPREAD = { share: 1.02, least: 1_000 };
const MOST_PER_SHARD = MOST_HASHES - 1;

const script = new URL("./shard-thread.ts", import.meta.url);

export interface ShardsOptions {
  readonly threads: number;
  readonly capacity: number;
  readonly memory: number;
  readonly shards: number;
  /** Of each shard, when they were saved. */
  readonly files?: readonly ShelfFile[] | undefined;
}

/** Errors: those of reading a saved shard. */
export async function startShards({
  threads,
  capacity,
  memory,
  shards,
  files,
}: ShardsOptions): Promise<Shards> {
  const perShard = Math.min(MOST_PER_SHARD, Math.ceil((capacity / shards) * SPREAD.share) + SPREAD.least);
  /** Shard numbers of each thread. */
  const places = Array.from({ length: Math.min(threads, shards) }, (_, thread) =>
    Array.from({ length: shards }, (_, shard) => shard).filter(
      (shard) => shard % Math.min(threads, shards) === thread,
    ),
  );
  const running = await startAll(
    places.map((own) => ({ shards: own.map((shard) => ({ capacity: perShard, file: files?.[shard] })) })),
  );
  const states = new Array<ShardState>(shards);
  const learn = (thread: number, own: readonly ShardState[]) =>
    own.forEach((state, place) => (states[(places[thread] as number[])[place] as number] = state));
  running.forEach(({ ready }, thread) => learn(thread, ready));
  /** Hashes on their way, by shard. */
  const onTheWay = new Array<number>(shards).fill(0);

  const total = (what: keyof ShardState) => states.reduce((sum, state) => sum + state[what], 0);
  const check = (puts: readonly number[]) => {
    if (puts.every((count) => count === 0)) return;
    const coming = [...onTheWay, ...puts].reduce((sum, count) => sum + count, 0);
    if (total("bytes") + coming * BYTES_PER_HASH > memory) throw outOfMemory(memory);
    puts.forEach((count, shard) => {
      const { hashes, entries } = states[shard] as ShardState;
      const more = (onTheWay[shard] as number) + count;
      if (hashes + more > perShard || entries + more > MOST_PER_SHARD) throw full(capacity);
    });
  };
  const askAll = (
    requestFor: (own: readonly number[]) => ShardRequest,
    transfer?: (request: ShardRequest) => ArrayBuffer[],
  ) =>
    Promise.all(
      running.map(({ thread }, index) => {
        const request = requestFor(places[index] as number[]);
        return thread.ask(request, transfer?.(request));
      }),
    );

  const send = async ({ operations, puts }: Changes, how: How) => {
    puts.forEach((count, shard) => (onTheWay[shard] = (onTheWay[shard] as number) + count));
    try {
      const answers = await askAll(
        (own) => ({ kind: "write", how, operations: own.map((shard) => operations[shard] as Uint32Array) }),
        (request) =>
          request.kind === "write" ? request.operations.map(({ buffer }) => buffer as ArrayBuffer) : [],
      );
      answers.forEach((state, thread) => learn(thread, state as ShardState[]));
    } finally {
      puts.forEach((count, shard) => (onTheWay[shard] = (onTheWay[shard] as number) - count));
    }
  };

  const askForState = async (kind: "begin" | "end" | "compact") => {
    const answers = await askAll(() => ({ kind }));
    answers.forEach((state, thread) => learn(thread, state as ShardState[]));
  };

  return {
    get entries() {
      return total("entries");
    },
    get hashes() {
      return total("hashes");
    },
    get bytes() {
      return total("bytes");
    },
    write(batches, how) {
      check(
        sums(
          batches.map(({ puts }) => puts),
          shards,
        ),
      );
      return Promise.all(batches.map((one) => send(one, how)));
    },
    match: async (asked) => (await askAll(() => ({ kind: "match", asked }))) as Found[],
    async save(saved) {
      await askAll((own) => ({ kind: "save", files: own.map((shard) => saved[shard] as ShelfFile) }));
    },
    begin: () => askForState("begin"),
    end: () => askForState("end"),
    compact: () => askForState("compact"),
    async close() {
      await Promise.all(running.map(({ thread }) => thread.close()));
    },
  };
}

/** All threads, or none: one that fails to start ends the others. */
async function startAll(
  datas: readonly ShardThreadData[],
): Promise<{ thread: Thread<ShardRequest>; ready: ShardState[] }[]> {
  const started = await Promise.allSettled(datas.map((data) => startThread<ShardRequest>(script, data)));
  const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = started.find((one) => one.status === "rejected");
  if (failed) {
    await Promise.all(running.map(({ thread }) => thread.close()));
    throw failed.reason;
  }
  return running.map(({ thread, ready }) => ({ thread, ready: ready as ShardState[] }));
}

const sums = (rows: readonly (readonly number[])[], width: number) =>
  Array.from({ length: width }, (_, at) => rows.reduce((sum, row) => sum + (row[at] as number), 0));

const full = (capacity: number) =>
  new HashingError(
    "hashing/full",
    `The match index was made for ${capacity} different hashes, and these do not fit any more.`,
    "Create it anew with a larger capacity, and feed it again.",
  );

const outOfMemory = (memory: number) =>
  new HashingError(
    "hashing/out-of-memory",
    `The match index may take ${memory} bytes of memory, and with these entries it could need more.`,
    "Raise its memory if the machine has it, or leave lists out.",
  );
