/**
 * What passes between this process and a child: frames of a JSON header and bytes, each with its length in front.
 * `u32 header length | u32 body length | header | body`, big-endian. Shared by both sides, so it imports nothing of ours.
 */

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
  let pieces: Uint8Array[] = [];
  let held = 0;
  let wanted = prefix;
  return (bytes) => {
    pieces.push(bytes);
    held += bytes.length;
    while (held >= wanted) {
      const all = pieces.length === 1 ? (pieces[0] ?? bytes) : Buffer.concat(pieces);
      const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
      const head = view.getUint32(0);
      const body = view.getUint32(4);
      if (head > limits.header || body > limits.body) throw new RangeError("a frame over the limit");
      wanted = prefix + head + body;
      pieces = [all];
      if (held < wanted) return;
      onFrame({
        header: JSON.parse(new TextDecoder().decode(all.subarray(prefix, prefix + head))),
        body: all.subarray(prefix + head, wanted),
      });
      pieces = [all.subarray(wanted)];
      held -= wanted;
      wanted = prefix;
    }
  };
}
