/**
 * Frames over a libp2p stream: `length u32 · frame`. Reading has back-pressure (libp2p has none of its own): unread
 * bytes beyond a mark pause the stream, and the peer's window runs out. Writing gathers what is sent in one turn of
 * the event loop into one write, and waits while the peer does not read.
 */
import type { Stream } from "@libp2p/interface";
import { ByteWriter, WardlineError } from "@wardline/protocol/encoding";
import type { Clock } from "../../telemetry/index.ts";

export interface Channel {
  /** Queues one frame, given in parts. Resolves when the peer keeps up; rejects when the stream is gone. */
  send(...parts: Uint8Array[]): Promise<void>;
  /** The next frame, or undefined at the end of the stream. One caller at a time. Throws `peer/frame-too-long`, `peer/too-slow`. */
  receive(): Promise<Uint8Array | undefined>;
  /** Ends the stream at once, in both directions. */
  abort(reason: Error): void;
  /** Settles when the stream has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export interface ByteCounts {
  bytesIn: number;
  bytesOut: number;
}

export interface ChannelLimits {
  /** Longest frame taken from the peer, in bytes; what is sent was measured before it was sealed. */
  readonly maxFrame: number;
  /** Unsent bytes at which `send` waits. */
  readonly highWater: number;
  /** Milliseconds for a frame from its first byte to its last. Between frames a stream may be silent. */
  readonly frameTime: number;
  readonly clock: Clock;
}

/** Counts what it carries into `counts`. */
export function openChannel(stream: Stream, limits: ChannelLimits, counts: ByteCounts): Channel {
  const reading = readFrames(stream, limits, counts);
  const writing = writeFrames(stream, limits, counts);
  const ended = Promise.withResolvers<void>();
  const end = () => {
    reading.end();
    writing.wake();
    ended.resolve();
  };
  stream.addEventListener("close", end);
  stream.addEventListener("remoteCloseWrite", () =>
    stream.abort(new Error("The other side closed the stream.")),
  );
  if (stream.status !== "open") end();
  return {
    send: writing.send,
    receive: reading.receive,
    abort: (reason) => stream.abort(reason),
    ended: ended.promise,
  };
}

function readFrames(stream: Stream, { maxFrame, frameTime, clock }: ChannelLimits, counts: ByteCounts) {
  const chunks: Uint8Array[] = [];
  const pauseAt = Math.max(maxFrame, 256 * 1024);
  let buffered = 0;
  let paused = false;
  let over = false;
  let late = false;
  let stopClock: (() => void) | undefined;
  let waiting: (() => void) | undefined;

  stream.addEventListener("message", ({ data }) => {
    for (const chunk of data instanceof Uint8Array ? [data] : data) chunks.push(chunk);
    buffered += data.byteLength;
    counts.bytesIn += data.byteLength;
    // A pause from inside this listener is undone by the library, so it waits for the end of the turn.
    if (buffered > pauseAt) queueMicrotask(pause);
    waiting?.();
  });

  function pause() {
    if (paused || over || buffered <= pauseAt || stream.readStatus !== "readable") return;
    paused = true;
    stream.pause();
  }

  /** Called when what is buffered is not a whole frame: only more bytes can help. */
  function resume() {
    if (!paused || over || stream.readStatus !== "paused") return;
    paused = false;
    stream.resume();
  }

  function take(length: number): Uint8Array {
    const first = chunks[0];
    buffered -= length;
    if (first && first.length >= length) {
      if (first.length === length) chunks.shift();
      else chunks[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    const whole = Buffer.allocUnsafeSlow(length); // memory of its own, all of it written below
    for (let at = 0; at < length;) {
      const chunk = chunks.shift() as Uint8Array;
      const part = chunk.subarray(0, length - at);
      whole.set(part, at);
      at += part.length;
      if (part.length < chunk.length) chunks.unshift(chunk.subarray(part.length));
    }
    return whole;
  }

  async function reach(length: number): Promise<boolean> {
    while (buffered < length && !over && !late) {
      resume();
      await new Promise<void>((resolve) => (waiting = resolve));
      waiting = undefined;
    }
    return buffered >= length;
  }

  /** The time of a frame runs from its first byte, and only while bytes are missing. */
  function reachInTime(length: number): Promise<boolean> {
    if (buffered < length) {
      stopClock ??= clock.after(frameTime, () => {
        late = true;
        waiting?.();
      });
    }
    return reach(length);
  }

  async function frame(): Promise<Uint8Array | undefined> {
    if (!(await reach(1)) || !(await reachInTime(4))) return undefined;
    const head = take(4);
    const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0);
    if (length > maxFrame) {
      throw new WardlineError("peer/frame-too-long", `A frame of ${length} bytes; ${maxFrame} are allowed.`);
    }
    return (await reachInTime(length)) ? take(length) : undefined;
  }

  return {
    async receive(): Promise<Uint8Array | undefined> {
      const received = await frame();
      stopClock?.();
      stopClock = undefined;
      if (received || !late) return received;
      throw new WardlineError("peer/too-slow", "A frame was begun and not finished in time.");
    },
    end() {
      over = true;
      stopClock?.();
      waiting?.();
    },
  };
}

function writeFrames(stream: Stream, limits: ChannelLimits, counts: ByteCounts) {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let waiting: PromiseWithResolvers<void> | undefined;

  const wake = () => {
    waiting?.resolve();
    waiting = undefined;
  };
  // `onDrain()` of the library settles only once for each stream, hence the event.
  stream.addEventListener("drain", wake);

  function flush() {
    const parts = gathered;
    const length = gatheredBytes;
    gathered = [];
    gatheredBytes = 0;
    if (stream.writeStatus !== "writable") return wake();
    const whole = Buffer.allocUnsafeSlow(length); // memory of its own, all of it written below
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    counts.bytesOut += length;
    try {
      stream.send(whole);
    } catch {
      stream.abort(new Error("The stream does not take more."));
    }
    wake();
  }

  return {
    wake,
    async send(...parts: Uint8Array[]): Promise<void> {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      refuseClosed(stream);
      if (gathered.length === 0) setImmediate(flush);
      gathered.push(new ByteWriter().u32(length).finish(), ...parts);
      gatheredBytes += length + 4;
      while (gatheredBytes + stream.writeBufferLength > limits.highWater) {
        waiting ??= Promise.withResolvers<void>();
        await waiting.promise;
        refuseClosed(stream);
      }
    },
  };
}

function refuseClosed(stream: Stream): void {
  if (stream.writeStatus === "writable") return;
  throw new WardlineError("peer/stream-closed", "The stream has ended.");
}
