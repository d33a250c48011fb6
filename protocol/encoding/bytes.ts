/** Bytes put together, compared, and read and written field by field (big-endian). */
import { timingSafeEqual } from "node:crypto";
import { WardlineError } from "./errors.ts";

/** One new array holding all parts in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(parts));
  place(whole, parts);
  return whole;
}

let spare: Uint8Array | undefined = new Uint8Array(0);

/**
 * What `use` makes of `length` zero bytes, which are its own until it returns and then wiped and used again: large messages
 * that are put together only to be signed or encrypted need no memory of their own each time.
 */
export function withScratch<T>(length: number, use: (bytes: Uint8Array) => T): T {
  const memory = spare && spare.length >= length ? spare : new Uint8Array(length);
  spare = undefined;
  const bytes = memory.subarray(0, length);
  try {
    return use(bytes);
  } finally {
    bytes.fill(0);
    spare = memory;
  }
}

/** Less than this is not worth a call. */
const WORTH_RELEASING = 4096;

/**
 * Gives back the memory of bytes that nobody will look at again: they are empty from here on, and so is whatever shares
 * their buffer. Large ones lie outside of the heap, where a thousand of them bring about a full collection, which costs more than
 * everything that was done with them. Leaves alone what is small or only a part of its buffer.
 */
export function release(...all: readonly Uint8Array[]): void {
  for (const { buffer, length } of all) {
    if (length >= WORTH_RELEASING && buffer.byteLength === length && buffer instanceof ArrayBuffer) {
      buffer.transfer(0);
    }
  }
}

/** Writes the parts one after the other, and gives back where they end. */
export function place(target: Uint8Array, parts: readonly Uint8Array[], from = 0): number {
  let at = from;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
  return at;
}

/** Bytes in all parts together. */
export const lengthOf = (parts: readonly Uint8Array[]): number =>
  parts.reduce((sum, { length }) => sum + length, 0);

/** Equal length and content; the time taken does not tell where two arrays of one length differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Builds a binary form. Integers outside their field's range throw `encoding/out-of-range`. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  u8(value: number): this {
    return this.#integer(value, 1);
  }
  u16(value: number): this {
    return this.#integer(value, 2);
  }
  u32(value: number): this {
    return this.#integer(value, 4);
  }
  /** Eight bytes for a safe integer: times in milliseconds, counters, sizes. */
  u64(value: number): this {
    return this.#integer(value, 8);
  }
  /** The bytes as they are, with no length before them. */
  bytes(value: Uint8Array): this {
    this.#parts.push(value);
    return this;
  }
  finish(): Uint8Array {
    return concat(...this.#parts);
  }

  #integer(value: number, width: 1 | 2 | 4 | 8): this {
    const most = width === 8 ? Number.MAX_SAFE_INTEGER : 256 ** width - 1;
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw new WardlineError("encoding/out-of-range", `${value} does not fit into ${width} bytes.`);
    }
    const field = new Uint8Array(width);
    let rest = value;
    for (let at = width - 1; at >= 0; at--) {
      field[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this.bytes(field);
  }
}

/** Reads a binary form field by field. Reading past the end throws `encoding/truncated`. */
export class ByteReader {
  readonly #source: Uint8Array;
  #at = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** How many bytes have been read. */
  get offset(): number {
    return this.#at;
  }
  get remaining(): number {
    return this.#source.length - this.#at;
  }
  u8(): number {
    return this.#integer(1);
  }
  u16(): number {
    return this.#integer(2);
  }
  u32(): number {
    return this.#integer(4);
  }
  /** A safe integer from eight bytes; a larger one throws `encoding/out-of-range`. */
  u64(): number {
    const value = this.#integer(8);
    if (Number.isSafeInteger(value)) return value;
    throw new WardlineError("encoding/out-of-range", "A number is larger than any that is used.");
  }
  /** The next `length` bytes, as a view of the source. */
  bytes(length: number): Uint8Array {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.remaining) {
      throw new WardlineError("encoding/truncated", "The bytes end before the field does.", {
        details: { wanted: length, remaining: this.remaining },
      });
    }
    this.#at += length;
    return this.#source.subarray(this.#at - length, this.#at);
  }
  /** Everything not yet read. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }
  /** Throws `encoding/trailing-bytes` unless everything has been read. */
  end(): void {
    if (this.remaining === 0) return;
    throw new WardlineError(
      "encoding/trailing-bytes",
      `${this.remaining} bytes follow where the end should be.`,
    );
  }

  #integer(width: 1 | 2 | 4 | 8): number {
    const bytes = this.bytes(width);
    let value = 0;
    for (let at = 0; at < width; at++) value = value * 256 + (bytes[at] ?? 0);
    return value;
  }
}
