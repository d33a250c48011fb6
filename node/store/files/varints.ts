/** Reads what LevelDB packs: little-endian base-128 numbers, and bytes with their length before them. */

export class PackedReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }
  /** Throws `RangeError` at the end of the bytes, and beyond what a number can hold. */
  number(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a packed number is cut off or too large");
  }
  bytes(length = this.number()): Uint8Array {
    if (length > this.remaining) throw new RangeError("packed bytes are cut off");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
