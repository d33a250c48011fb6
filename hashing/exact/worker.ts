/** The thread that sorts and merges, so that nobody else has to wait for it. */
import { parentPort, workerData } from "node:worker_threads";
import { HashingError } from "../errors.ts";
import { doWork, type Work } from "./work.ts";

const { folder, secret } = workerData as { folder: string; secret: Uint8Array };

parentPort?.on("message", (work: Work) => {
  parentPort?.postMessage(answerTo(work));
});

function answerTo(work: Work): unknown {
  try {
    return { rows: doWork(folder, secret, work) };
  } catch (error) {
    // Classes do not cross threads: what a HashingError carries does.
    if (!(error instanceof HashingError)) return { failure: error };
    return { refused: { code: error.code, message: error.message, advice: error.advice } };
  }
}
