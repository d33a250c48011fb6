/**
 * CBOR (RFC 8949) of plain values. Every change of every record is encoded once, and every ledger entry: a dozen for an
 * envelope. Written straight behind what stands before it, with plain loops, that takes less than half of what a general
 * encoder takes. What is not plain is left to that.
 */

/** Everything is written here first; what comes of it has memory of its own. Stays as large as the largest value. */
let bytes = new Uint8Array(128 * 1024);
let view = new DataView(bytes.buffer);
let at = 0;
let sorting = false;

/**
 * The value's bytes behind `head`, the same that `cborg` writes: of objects with ASCII names (properties that are undefined are
 * left out), arrays, strings, safe integers, bytes, booleans and null. Undefined when the value is or holds anything else.
 * `sorted`: names in the order of deterministic CBOR, else in their own.
 */
export function plainCbor(
  value: unknown,
  { head = nothing, sorted }: { head?: Uint8Array; sorted: boolean },
): Uint8Array<ArrayBuffer> | undefined {
  at = 0;
  sorting = sorted;
  room(head.length);
  bytes.set(head);
  at = head.length;
  return write(value) ? bytes.slice(0, at) : undefined;
}

const nothing = new Uint8Array(0);
const MAJOR = { unsigned: 0x00, negative: 0x20, bytes: 0x40, text: 0x60, array: 0x80, map: 0xa0 } as const;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
/** The longest head of anything: one byte and eight of length or value. */
const HEAD = 9;

function write(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return writeText(value);
    case "number":
      return writeNumber(value);
    case "boolean":
      return writeByte(value ? TRUE : FALSE);
    case "object":
      if (value === null) return writeByte(NULL);
      if (value instanceof Uint8Array) return writeBytes(value);
      return Array.isArray(value) ? writeArray(value) : writeObject(value as Record<string, unknown>);
    default:
      return false;
  }
}

function writeByte(byte: number): true {
  room(1);
  bytes[at++] = byte;
  return true;
}

function writeNumber(value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  room(HEAD);
  writeHead(value < 0 ? MAJOR.negative : MAJOR.unsigned, value < 0 ? -1 - value : value);
  return true;
}

function writeBytes(value: Uint8Array): true {
  room(HEAD + value.length);
  writeHead(MAJOR.bytes, value.length);
  bytes.set(value, at);
  at += value.length;
  return true;
}

const encoder = new TextEncoder();
/** Up to here a loop is faster than asking the runtime. */
const SHORT = 64;

/** Most text is ASCII, and as long in bytes as in characters; when it is not, it is written once more behind its true length. */
function writeText(value: string): true {
  const start = at;
  if (writeAscii(value)) return true;
  at = start;
  const encoded = encoder.encode(value);
  room(HEAD + encoded.length);
  writeHead(MAJOR.text, encoded.length);
  bytes.set(encoded, at);
  at += encoded.length;
  return true;
}

function writeAscii(value: string): boolean {
  const { length } = value;
  room(HEAD + length);
  writeHead(MAJOR.text, length);
  if (length > SHORT) {
    const { read, written } = encoder.encodeInto(value, bytes.subarray(at, at + length));
    at += written;
    return read === length && written === length;
  }
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code > 0x7f) return false;
    bytes[at++] = code;
  }
  return true;
}

function writeArray(values: readonly unknown[]): boolean {
  room(HEAD);
  writeHead(MAJOR.array, values.length);
  for (let index = 0; index < values.length; index++) if (!write(values[index])) return false;
  return true;
}

function writeObject(value: Record<string, unknown>): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const names = Object.keys(value);
  if (sorting) names.sort(shorterFirst);
  let count = 0;
  for (const name of names) if (value[name] !== undefined) count++;
  room(HEAD);
  writeHead(MAJOR.map, count);
  for (const name of names) {
    const field = value[name];
    if (field !== undefined && !(writeAscii(name) && write(field))) return false;
  }
  return true;
}

/** By their bytes with the head (RFC 8949, section 4.2.1), which begins with the length. */
function shorterFirst(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** The kind with a number, in the shortest of its forms. There is room for it. */
function writeHead(major: number, value: number): void {
  if (value < 24) {
    bytes[at++] = major | value;
  } else if (value < 0x100) {
    bytes[at++] = major | 24;
    bytes[at++] = value;
  } else if (value < 0x10000) {
    bytes[at] = major | 25;
    view.setUint16(at + 1, value);
    at += 3;
  } else if (value < 0x100000000) {
    bytes[at] = major | 26;
    view.setUint32(at + 1, value);
    at += 5;
  } else {
    bytes[at] = major | 27;
    view.setUint32(at + 1, Math.floor(value / 0x100000000));
    view.setUint32(at + 5, value % 0x100000000);
    at += HEAD;
  }
}

function room(length: number): void {
  if (at + length <= bytes.length) return;
  const larger = new Uint8Array(Math.max(2 * bytes.length, at + length));
  larger.set(bytes.subarray(0, at));
  bytes = larger;
  view = new DataView(bytes.buffer);
}
