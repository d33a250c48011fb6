/** How much the runtime may use before it looks through all of its memory. */
import { setFlagsFromString } from "node:v8";

/**
 * How far memory may grow beyond what is in use, in percent. V8's own choice may be as little as a tenth. With 200 a node
 * of 50 MB takes up to 150 MB. V8 keeps under its own limit (`--max-old-space-size`) whatever stands here.
 */
const GROWTH = 200;

/**
 * For the process; calling it again does nothing more.
 *
 * Bytes of envelopes and records are outside of the heap. V8 lets them grow by 64 MB and then marks the whole node anew, a
 * few dozen large envelopes later, which costs more than sealing them. Counted with the heap they may grow as it may.
 */
export function giveHeapRoom(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  setFlagsFromString("--external-memory-accounted-in-global-limit");
}
