/** What runs on the thread: one mail, one answer. */
import { parentPort, workerData } from "node:worker_threads";
import { readReply } from "./read.ts";
import type { MailToRead } from "./reader.ts";

const { raw, envelopeFrom } = workerData as MailToRead;
parentPort?.postMessage(await readReply(raw, envelopeFrom));
