/** What runs on the digest thread: orders come in, one digester a run; every piece is answered, so that the asker can bound them. */
import { parentPort } from "node:worker_threads";
import { createDigester, type Digester, type Digests } from "./digester.ts";

export type Order =
  { run: number; bytes: Uint8Array<ArrayBuffer> } | { run: number; end: true } | { run: number; drop: true };

export type Answer = { digested: number } | { run: number; digests: Digests };

const runs = new Map<number, Digester>();

function obey(order: Order): Answer | undefined {
  const digester = runs.get(order.run) ?? createDigester();
  runs.set(order.run, digester);
  if ("bytes" in order) {
    const digested = order.bytes.length;
    digester.update(order.bytes);
    order.bytes.buffer.transfer(0); // gives the memory back now, not when a collector comes by
    return { digested };
  }
  runs.delete(order.run);
  return "end" in order ? { run: order.run, digests: digester.finish() } : undefined;
}

parentPort?.on("message", (order: Order) => {
  const answer = obey(order);
  if (answer !== undefined) parentPort?.postMessage(answer);
});
