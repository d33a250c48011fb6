/** The near end of the worker: one piece of work after another, in the order in which they were given. */
import { Worker } from "node:worker_threads";
import { HashingError } from "../errors.ts";
import { closed, unwritten } from "./faults.ts";
import type { Work } from "./work.ts";

export interface WorkThread {
  /** The rows of the run that was written. Errors: `hashing/index-damaged`, `hashing/index-closed`, `hashing/index-write`. */
  run(work: Work): Promise<number>;
  /** Ends it at once; unfinished work fails with `hashing/index-closed`. */
  stop(): Promise<void>;
}

interface Answer {
  readonly rows?: number;
  readonly refused?: { readonly code: string; readonly message: string; readonly advice: string };
  readonly failure?: Error;
}

/** Starts with the first work. It keeps no process alive that has nothing else to do. */
export function createWorkThread(folder: string, secret: Uint8Array): WorkThread {
  let worker: Worker | undefined;
  let stopped = false;
  let last: Promise<unknown> = Promise.resolve();

  const start = () => {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { workerData: { folder, secret } });
    started.unref();
    return started;
  };
  const now = (work: Work) =>
    new Promise<number>((resolve, reject) => {
      if (stopped) return reject(closed());
      const current = (worker ??= start());
      const settle = (finish: () => void) => () => {
        current.off("message", answered).off("exit", ended).off("error", failed);
        current.unref();
        finish();
      };
      const answered = ({ rows, refused, failure }: Answer) =>
        settle(() => {
          if (rows !== undefined) resolve(rows);
          else
            reject(
              refused ? new HashingError(refused.code, refused.message, refused.advice) : unwritten(failure),
            );
        })();
      const ended = settle(() => reject(closed()));
      const failed = (error: Error) => {
        worker = undefined;
        settle(() => reject(unwritten(error)))();
      };
      current.on("message", answered).on("exit", ended).on("error", failed);
      current.ref();
      current.postMessage(work);
    });
  return {
    run(work) {
      const result = last.then(() => now(work));
      last = result.catch(() => undefined);
      return result;
    },
    async stop() {
      stopped = true;
      await worker?.terminate();
    },
  };
}
