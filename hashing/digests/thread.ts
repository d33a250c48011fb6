/**
 * The thread that digests, seen from the threads that ask: runs side by side, pieces handed over in order, and a bound on
 * the bytes that are on their way. It starts with the first run and keeps no process from ending while nothing is asked.
 */
import { Worker } from "node:worker_threads";
import { HashingError } from "../errors.ts";
import type { Digests } from "./digester.ts";
import type { Answer, Order } from "./thread-program.ts";

/** One pass over one stream. */
interface Run {
  /** Hands over a copy; resolves when there is room for more. Rejects with the signal's reason. */
  feed(bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  finish(): Promise<Digests>;
  /** Forgets the run, finished or not. */
  drop(): void;
}

export interface DigestThread {
  /** Bytes on their way to the thread or in it. */
  readonly held: number;
  start(): Run;
}

/** Enough to keep the thread busy while the asking thread does something else for some 10 ms. */
const defaultWindow = 4 * 1024 * 1024;
/** Copying so much takes a tenth of a millisecond: the asking thread stays responsive. */
const piece = 512 * 1024;

export function createDigestThread({ window = defaultWindow } = {}): DigestThread {
  const runs = new Map<number, { resolve(digests: Digests): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let held = 0;
  let waiting: (() => void)[] = [];
  let last = 0;

  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const resume of all) resume();
  };
  /** A process waits for its runs, and for nothing else of this thread. */
  const keepAlive = () => (runs.size > 0 ? worker?.ref() : worker?.unref());
  const hear = (answer: Answer) => {
    if ("digested" in answer) held -= answer.digested;
    else {
      runs.get(answer.run)?.resolve(answer.digests);
      runs.delete(answer.run);
    }
    keepAlive();
    wake();
  };
  const stopped = (cause: unknown) => {
    worker = undefined;
    held = 0;
    for (const { reject } of runs.values()) reject(hasStopped(cause));
    runs.clear();
    wake();
  };
  const tell = (order: Order, transfer: ArrayBuffer[] = []) => {
    worker ??= started(hear, stopped);
    worker.postMessage(order, transfer);
  };

  return {
    get held() {
      return held;
    },
    start() {
      const run = ++last;
      const { promise: finished, resolve, reject } = Promise.withResolvers<Digests>();
      finished.catch(() => undefined); // told to whoever feeds or finishes
      runs.set(run, { resolve, reject });
      return {
        async feed(bytes, signal) {
          for (let at = 0; at < bytes.length; at += piece) {
            while (held > 0 && held + piece > window)
              await new Promise<void>((resume) => waiting.push(resume));
            signal?.throwIfAborted();
            if (!runs.has(run)) await finished; // rejects: the thread is gone
            const copy = new Uint8Array(bytes.subarray(at, at + piece)); // a Buffer's slice would be no copy
            held += copy.length;
            tell({ run, bytes: copy }, [copy.buffer]);
            keepAlive();
          }
        },
        finish() {
          if (runs.has(run)) tell({ run, end: true });
          keepAlive();
          return finished;
        },
        drop() {
          if (runs.delete(run) && worker !== undefined) tell({ run, drop: true });
          keepAlive();
        },
      };
    },
  };
}

function started(hear: (answer: Answer) => void, stopped: (cause: unknown) => void): Worker {
  const worker = new Worker(new URL("./thread-program.ts", import.meta.url), { execArgv: [] });
  let cause: unknown;
  worker.on("message", hear);
  worker.on("error", (error) => (cause = error));
  worker.on("exit", () => stopped(cause));
  return worker;
}

function hasStopped(cause: unknown): HashingError {
  const error = new HashingError(
    "hashing/digests-stopped",
    "The thread that computes digests has stopped.",
    "Give the process more memory, and try again.",
  );
  error.cause = cause;
  return error;
}
