/**
 * Mails are read in a thread of their own, for so long and with so much memory as one may take: whoever got a notice can
 * write one over which any reader of mails sits for minutes.
 */
import { Worker } from "node:worker_threads";
import type { Clock } from "../../telemetry/index.ts";
import { unreadable, type ReadReply } from "./read.ts";

export interface MailToRead {
  raw: Uint8Array;
  envelopeFrom: string;
}

/** Above what a mail of the largest size takes. */
const memory = { maxOldGenerationSizeMb: 256 };

/** What a mail says; one that cannot be read in `time` milliseconds is kept without its text. Never throws. */
export async function readApart(mail: MailToRead, time: number, clock: Clock): Promise<ReadReply> {
  const program = new URL("./reader-program.ts", import.meta.url);
  const worker = new Worker(program, { workerData: mail, resourceLimits: memory, execArgv: [] });
  const { promise, resolve } = Promise.withResolvers<ReadReply | undefined>();
  const cancel = clock.after(time, () => resolve(undefined));
  worker.on("message", resolve);
  worker.on("error", () => resolve(undefined));
  worker.on("exit", () => resolve(undefined));
  const read = await promise;
  cancel();
  await worker.terminate();
  return read ?? unreadable(mail.envelopeFrom);
}
