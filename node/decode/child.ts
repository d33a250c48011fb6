/**
 * The program inside the sandbox: answers one request after the other on standard output, and ends when its input ends.
 * It has no network, no files but its own code, and limits on memory, processes and processor time.
 */
import { writeSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { frame, readFrame } from "./frames.ts";
import type { Reply, Request } from "./messages.ts";
import { examine, hash, Refused, render, restrictDecoders } from "./picture.ts";

// The parent checks sizes before it sends; this only keeps a broken pipe from growing for ever.
const limits = { header: 64 * 1024, body: 1024 * 1024 * 1024 };
const [input, output] = [0, 1];

function send(header: Reply, body?: Uint8Array): void {
  for (const piece of frame(header, body))
    for (let at = 0; at < piece.length;) at += writeSync(output, piece, at);
}

async function answer(request: Request, bytes: Uint8Array): Promise<void> {
  try {
    if (request.kind === "render") return send({ kind: "rendered" }, await render(bytes, request));
    if (request.kind === "hash") return send({ kind: "hashed", findings: await hash(bytes, request) });
    const { findings, preview } = await examine(bytes, request);
    send({ kind: "decoded", findings }, preview);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    send({ kind: "refused", refusal: error.refusal });
  }
}

/** What a refused picture or a drawn preview left behind counts against the memory limit before the collector feels pressed. */
function collectPixels(): void {
  if (getHeapStatistics().external_memory > 32 * 1024 * 1024) gc?.();
}

async function answerNext(): Promise<boolean> {
  const item = readFrame(input, limits); // until it comes there is nothing else to do here
  if (item === undefined) return false;
  await answer(item.header as Request, item.body);
  return true;
}

restrictDecoders();
send({ kind: "ready" });
while (await answerNext()) collectPixels(); // a failure that is no refusal ends the child, and the parent names it
process.exit(0);
