/** A thread as the index sees it: requests in order, a promise for each answer, and one typed error when it dies. */
import { Worker } from "node:worker_threads";
import { HashingError } from "../errors.ts";
import type { Envelope, Reply } from "./messages.ts";

export interface Thread<Request> {
  /** Answers come as they are ready. Errors: those of the request; `hashing/index-crashed`, `hashing/index-closed`. */
  ask(request: Request, transfer?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Ends the thread, after its present step. Whatever still waits is refused. */
  close(): Promise<void>;
}

/** Resolves to what the thread says first, when it is ready; its first answer has the id 0. */
export async function startThread<Request>(
  script: URL,
  workerData: unknown,
): Promise<{ thread: Thread<Request>; ready: unknown }> {
  const worker = new Worker(script, { workerData });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let over: HashingError | undefined;
  let last = 0;

  const end = (error: HashingError) => {
    over ??= error;
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
  };
  worker.on("message", (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) asked?.reject(errorFrom(reply.error));
    else asked?.resolve(reply.value);
  });
  worker.on("error", (error) => end(crashed(error instanceof Error ? error.message : String(error))));
  worker.on("exit", () => end(crashed("it ended by itself")));
  // A waiting index keeps no program alive; a question that waits for its answer does.
  const answerTo = (id: number) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
    }).finally(() => {
      if (waiting.size === 0) worker.unref();
    });

  const thread: Thread<Request> = {
    ask(request, transfer = []) {
      if (over) return Promise.reject(over);
      const answer = answerTo(++last);
      worker.postMessage({ id: last, request } satisfies Envelope<Request>, transfer);
      return answer;
    },
    async close() {
      end(closed());
      await worker.terminate();
    },
  };
  try {
    return { thread, ready: await answerTo(0) };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

/** An error as it travels. */
export const errorParts = ({ code, message, advice }: HashingError) => ({ code, message, advice });

const errorFrom = ({
  code,
  message,
  advice,
}: {
  code: string;
  message: string;
  advice?: string | undefined;
}) => new HashingError(code, message, advice);

const crashed = (how: string) =>
  new HashingError(
    "hashing/index-crashed",
    `A thread of the match index died: ${how}.`,
    "Close the index and open it again: it comes back as it was saved, and goes on from its mark.",
  );

export const closed = (): HashingError =>
  new HashingError("hashing/index-closed", "The match index was closed.", "Open it again.");
