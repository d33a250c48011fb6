/**
 * The program inside the sandbox: answers one request after the other on standard output, and ends when its input ends.
 * It has no network, no files but its own code, and limits on memory, processes and processor time.
 */
import { getHeapStatistics } from "node:v8";
import { createFrameReader, frame, type Frame } from "./frames.ts";
import type { Reply, Request } from "./messages.ts";
import { examine, Refused, render, restrictDecoders } from "./picture.ts";

// The parent checks sizes before it sends; this only keeps a broken pipe from growing for ever.
const limits = { header: 64 * 1024, body: 1024 * 1024 * 1024 };

function send(header: Reply, body?: Uint8Array): void {
  for (const piece of frame(header, body)) process.stdout.write(piece);
}

async function answer({ header, body }: Frame): Promise<void> {
  const request = header as Request;
  try {
    if (request.kind === "render") return send({ kind: "rendered" }, await render(body, request));
    const { findings, preview } = await examine(body, request);
    send({ kind: "decoded", findings }, preview);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    send({ kind: "refused", refusal: error.refusal });
  } finally {
    collectPixels();
  }
}

/** Decoded pixels count against the memory limit long before the collector would feel pressed to release them. */
function collectPixels(): void {
  if (getHeapStatistics().external_memory > 32 * 1024 * 1024) gc?.();
}

restrictDecoders();
let last: Promise<void> = Promise.resolve();
const read = createFrameReader(limits, (request) => {
  last = last.then(() => answer(request)); // a failure that is no refusal ends the child, and the parent names it
});
process.stdin.on("data", read);
process.stdin.on("end", () => void last.then(() => process.exit(0)));
send({ kind: "ready" });
