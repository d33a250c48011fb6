/** Size classes: an observer learns of a text's length only which class it is in. */
import { WardlineError } from "../encoding/index.ts";

/** The smallest class: most receipts and short statements look alike. */
const SMALLEST = 1024;
/** Up to here powers of two, so that the many small texts share few classes; from here Padmé, which wastes at most 6 %. */
const LARGEST_POWER = 65_536;
/** One envelope has to fit into memory many times over, and into one frame of a stream. */
export const LARGEST_PLAINTEXT = 1_048_576;

/** The class of a text of `length` bytes. Throws `envelope/too-large` beyond 1 MiB. */
export function sizeClass(length: number): number {
  if (length > LARGEST_PLAINTEXT) {
    throw new WardlineError("envelope/too-large", "The content does not fit into one envelope of 1 MiB.", {
      advice: "Split long lists over several statements, or send them as an attachment.",
    });
  }
  return length > LARGEST_POWER ? padme(length) : Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(length)));
}

/** Whether some text is padded to exactly this length. */
export function isSizeClass(length: number): boolean {
  return length >= SMALLEST && length <= LARGEST_PLAINTEXT && sizeClass(length) === length;
}

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019, section 4.4): a length keeps as many
 * leading bits as its exponent has digits, and is rounded up to that.
 */
function padme(length: number): number {
  const exponent = Math.floor(Math.log2(length));
  const dropped = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(length / dropped) * dropped;
}
