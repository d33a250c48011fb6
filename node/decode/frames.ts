/**
 * What passes between this process and a child: frames of a JSON header and bytes, each with its length in front.
 * `u32 header length | u32 body length | header | body`, big-endian. Shared by both sides, so it imports nothing of ours.
 * Every byte of a body is copied once: from where it arrived to its place.
 */
import { readSync } from "node:fs";

export interface Frame {
  header: unknown;
  body: Uint8Array;
}

/** Most bytes of a header and of a body that a side accepts: the other side is not trusted to be reasonable. */
export interface FrameLimits {
  header: number;
  body: number;
}

const prefix = 8;

/** The pieces of one frame, ready to be written in order. */
export function frame(header: unknown, body: Uint8Array = new Uint8Array()): Uint8Array[] {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const lengths = new DataView(new ArrayBuffer(prefix));
  lengths.setUint32(0, head.length);
  lengths.setUint32(4, body.length);
  return [new Uint8Array(lengths.buffer), head, body];
}

/** Collects bytes as they arrive and hands out whole frames. Throws on a frame over the limits or a header that is no JSON. */
export function createFrameReader(
  limits: FrameLimits,
  onFrame: (frame: Frame) => void,
): (bytes: Uint8Array) => void {
  let parts: Uint8Array[] = [new Uint8Array(prefix)]; // lengths; after them header and body
  let part = 0;
  let filled = 0;
  return (bytes) => {
    for (let at = 0; ;) {
      const [lengths = bytes, head = bytes, body = bytes] = parts;
      const into = parts[part] ?? bytes;
      const count = Math.min(into.length - filled, bytes.length - at);
      into.set(bytes.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < into.length) return;
      filled = 0;
      part++;
      if (part === 1) parts.push(...emptyParts(lengths, limits));
      if (part < 3) continue;
      part = 0;
      parts = [new Uint8Array(prefix)];
      onFrame({ header: parsed(head), body });
    }
  };
}

/**
 * Waits for the next frame of a pipe with nothing else to do meanwhile; `undefined` when the pipe ends.
 * Throws as the reader above, and on an end in the middle of a frame.
 */
export function readFrame(file: number, limits: FrameLimits): Frame | undefined {
  const lengths = new Uint8Array(prefix);
  const first = readSync(file, lengths);
  if (first === 0) return undefined;
  fill(file, lengths, first);
  const [head, body] = emptyParts(lengths, limits);
  fill(file, head);
  fill(file, body);
  return { header: parsed(head), body };
}

function fill(file: number, bytes: Uint8Array, from = 0): void {
  for (let at = from; at < bytes.length;) {
    const count = readSync(file, bytes, at, bytes.length - at, null);
    if (count === 0) throw new RangeError("a frame that was cut off");
    at += count;
  }
}

/** Room for the header and the body that these lengths announce. */
function emptyParts(lengths: Uint8Array, limits: FrameLimits): [head: Uint8Array, body: Uint8Array] {
  const view = new DataView(lengths.buffer, lengths.byteOffset);
  const head = view.getUint32(0);
  const body = view.getUint32(4);
  if (head > limits.header || body > limits.body) throw new RangeError("a frame over the limit");
  return [new Uint8Array(head), new Uint8Array(body)];
}

const parsed = (head: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(head));
