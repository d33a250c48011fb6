/** How much the runtime may use before it looks through all of its memory. */
import { setFlagsFromString } from "node:v8";

/**
 * How far the heap may grow beyond what is in use, in percent. V8's own choice may be as little as a tenth, and it counts
 * the bytes of envelopes and records, which are outside of it: a few dozen large envelopes then make it mark the whole
 * node anew, which costs more than sealing them. With 200 a node of 50 MB takes up to 150 MB. V8 keeps under its own
 * limit (`--max-old-space-size`) whatever stands here.
 */
const GROWTH = 200;

/** For the process; calling it again does nothing more. */
export function giveHeapRoom(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
