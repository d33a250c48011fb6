/** The answering side of one stream: checks who asks and how much before a handler sees a request. */
import { ByteReader, ByteWriter, WardlineError, isWardlineError, utf8 } from "@wardline/protocol/encoding";
import type { Clock } from "../../telemetry/index.ts";
import type { Channel } from "./channel.ts";
import { KIND, type Asker, type Handler, type Protocol, type ProtocolCounts } from "./protocol.ts";
import type { StreamSeal } from "./session.ts";

export interface Answering {
  readonly protocol: Protocol;
  readonly handler: Handler;
  /** Looks the peer up anew for each request: membership may have ended since the stream was opened. */
  readonly asker: () => Asker | undefined;
  /** Whether who asks has what the protocol needs; looked up with each request, too. */
  readonly mayAsk: (asker: Asker) => boolean;
  /** Milliseconds that one more request has to wait for its quota, 0 for none. */
  readonly wait: (asker: Asker) => number;
  /** A request was answered `busy`. */
  readonly onBusy: (asker: Asker, wait: number) => void;
  readonly clock: Clock;
  readonly counts: ProtocolCounts;
  /** An error that is no refusal: a fault of ours, worth a line in the log. */
  readonly onFault: (error: unknown) => void;
}

/** Requests refused in a row as too many before the peer is cut off. */
const PATIENCE = 256;

/** Serves one stream until it ends. Resolves at its end; rejects when the peer broke the rules and is to be cut off. */
export async function answerOver(
  channel: Channel,
  seal: StreamSeal | undefined,
  serving: Answering,
): Promise<void> {
  const { protocol, counts } = serving;
  let running = 0;
  let runningBytes = 0;
  let excess = 0;
  let unread: WardlineError | undefined;

  async function send(number: number, kind: number, body: Uint8Array): Promise<void> {
    const frame = [new ByteWriter().u32(number).u8(kind).finish(), body];
    const stopClock = serving.clock.after(protocol.timeout, () => {
      unread = broken("peer/unread", "The peer does not read its answers.");
      channel.abort(unread);
    });
    try {
      await channel.send(...(seal ? seal.seal(...frame) : frame));
    } catch (error) {
      throw unread ?? error;
    } finally {
      stopClock();
    }
  }

  async function run(number: number, request: Uint8Array, asker: Asker): Promise<void> {
    running++;
    runningBytes += request.length;
    try {
      const answer = await answerTo(request, asker);
      await send(number, typeof answer === "string" ? KIND.refused : KIND.answer, bytesOf(answer));
    } finally {
      running--;
      runningBytes -= request.length;
    }
  }

  /** The handler's answer, or the code of its refusal. */
  async function answerTo(request: Uint8Array, asker: Asker): Promise<Uint8Array | string> {
    try {
      const answer = await serving.handler(request, asker);
      if (answer.length > protocol.maxAnswer) throw new Error(`An answer of ${protocol.name} is too long.`);
      counts.answers++;
      return answer;
    } catch (error) {
      counts.refused++;
      if (isWardlineError(error)) return error.code;
      serving.onFault(error);
      return "peer/internal";
    }
  }

  function delay(bytes: number, asker: Asker): number {
    const overWindow =
      running > 0 && (running >= protocol.window.requests || runningBytes + bytes > protocol.window.bytes);
    return overWindow ? 100 : serving.wait(asker);
  }

  for (;;) {
    const frame = await channel.receive();
    if (unread) throw unread;
    if (!frame) return;
    const reader = new ByteReader(seal ? seal.open(frame) : frame);
    const number = reader.u32();
    if (reader.u8() !== KIND.request) throw broken("peer/malformed", "A frame is not a request.");
    const request = reader.rest();
    if (request.length > protocol.maxRequest) throw broken("peer/frame-too-long", "A request is too long.");
    const asker = serving.asker();
    if (!asker) throw broken("peer/not-a-member", "The peer is no member, or no longer.");
    const wait = delay(request.length, asker);
    if (wait === 0 && !serving.mayAsk(asker)) {
      counts.refused++;
      await send(number, KIND.refused, utf8("peer/no-capability"));
    } else if (wait === 0) {
      excess = 0;
      run(number, request, asker).catch(() => undefined); // fails only when the stream has ended
    } else {
      counts.busy++;
      serving.onBusy(asker, wait);
      if (++excess > PATIENCE) throw broken("peer/over-limit", "The peer ignores that it shall wait.");
      await send(number, KIND.busy, new ByteWriter().u32(wait).finish());
    }
  }
}

const bytesOf = (answer: Uint8Array | string) => (typeof answer === "string" ? utf8(answer) : answer);

const broken = (code: string, message: string) => new WardlineError(code, message);
