/** The three digests side by side, on the thread that asks. */
import { createHash } from "node:crypto";

/** Lower-case hexadecimal digests of one item. */
export interface Digests {
  sha256: string;
  sha1: string;
  md5: string;
}

export interface Digester {
  update(bytes: Uint8Array): void;
  /** The three digests of everything fed so far. Call it once. */
  finish(): Digests;
}

/** Starts an empty digest run, for bytes that arrive in pieces. */
export function createDigester(): Digester {
  const sha256 = createHash("sha256");
  const sha1 = createHash("sha1");
  const md5 = createHash("md5");
  return {
    update(bytes) {
      sha256.update(bytes);
      sha1.update(bytes);
      md5.update(bytes);
    },
    finish: () => ({ sha256: sha256.digest("hex"), sha1: sha1.digest("hex"), md5: md5.digest("hex") }),
  };
}

// A piece that stays in the processor's cache while three functions read it.
const piece = 64 * 1024;

/** The three digests of `bytes`. */
export function digestsOf(bytes: Uint8Array): Digests {
  const digester = createDigester();
  for (let at = 0; at < bytes.length; at += piece) digester.update(bytes.subarray(at, at + piece));
  return digester.finish();
}
