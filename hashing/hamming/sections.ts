/**
 * A saved shard: a header of 4,096 bytes, then the sections that its layout tells, one after another, without gaps.
 *
 *     0   "WLHS"    the kind of file
 *     4   version   of this frame and of the layouts
 *     8   layout    who can read the sections
 *    12   words     what the layout needs to know, zeros up to the end
 *
 * All numbers are 32-bit, least significant byte first. Whoever keeps the file adds checksums and sealing around it.
 */
import { damaged } from "./shard.ts";

const MAGIC = 0x53484c57;
const VERSION = 1;
const HEADER_BYTES = 4096;
const HEADER_WORDS = 3;
/** Large enough that writing is not about calls, small enough that a piece can be sealed in memory. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** The pieces of a saved shard, each at most 4 MiB. */
export function* savedSections(
  layout: number,
  words: ArrayLike<number>,
  sections: readonly Uint8Array<ArrayBuffer>[],
): Iterable<Uint8Array<ArrayBuffer>> {
  const header = new Uint32Array(HEADER_BYTES / 4);
  header.set([MAGIC, VERSION, layout]);
  header.set(words, HEADER_WORDS);
  yield new Uint8Array(header.buffer);
  for (const section of sections)
    for (let from = 0; from < section.length; from += PIECE_BYTES)
      yield section.subarray(from, Math.min(section.length, from + PIECE_BYTES));
}

/** Reads the header: its layout and words; `rest` are the pieces after it. Error: `hashing/shard-damaged`. */
export function readHeader(pieces: Iterable<Uint8Array>) {
  const rest = pieces[Symbol.iterator]();
  const header = new Uint32Array(HEADER_BYTES / 4);
  const left = readInto(rest, new Uint8Array(header.buffer), new Uint8Array(0));
  const [magic, version, layout] = header;
  if (magic !== MAGIC) throw damaged("it begins with something else");
  if (version !== VERSION) throw damaged(`its version is ${version}, and ${VERSION} is known here`);
  return { layout, words: header.slice(HEADER_WORDS), rest: withFirst(left, rest) };
}

/** Fills the sections, which must be exactly what the pieces hold. Error: `hashing/shard-damaged`. */
export function readSections(pieces: Iterator<Uint8Array>, sections: Iterable<Uint8Array>): void {
  let left: Uint8Array = new Uint8Array(0);
  for (const section of sections) left = readInto(pieces, section, left);
  for (const piece of [left, ...{ [Symbol.iterator]: () => pieces }])
    if (piece.length > 0) throw damaged("it is longer than it says");
}

/** Fills `target` from what is left of the last piece and from further ones; returns what is left then. */
function readInto(pieces: Iterator<Uint8Array>, target: Uint8Array, left: Uint8Array): Uint8Array {
  for (let at = 0; at < target.length;) {
    if (left.length === 0) {
      const next = pieces.next();
      if (next.done === true) throw damaged("it ends too early");
      left = next.value;
    }
    const taken = left.subarray(0, target.length - at);
    target.set(taken, at);
    at += taken.length;
    left = left.subarray(taken.length);
  }
  return left;
}

function* withFirst(first: Uint8Array, rest: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield first;
  yield* { [Symbol.iterator]: () => rest };
}
