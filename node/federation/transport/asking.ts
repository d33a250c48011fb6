/** The asking side of one stream: numbered requests, many in flight, answers in any order. */
import { ByteReader, ByteWriter, WardlineError, text } from "@wardline/protocol/encoding";
import type { Clock } from "../../telemetry/index.ts";
import type { Channel } from "./channel.ts";
import { KIND, type Protocol, type ProtocolCounts } from "./protocol.ts";
import type { StreamSeal } from "./session.ts";

export interface Asking {
  /** Sends one request, waiting for a place in the window. Throws the refusal's code, `peer/busy` (details: `retryAfter`), `peer/timeout` or `peer/stream-closed`. */
  ask(request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

interface Pending {
  readonly bytes: number;
  settle(result: Uint8Array | Error): void;
}

export interface AskingServices {
  readonly protocol: Protocol;
  readonly counts: ProtocolCounts;
  readonly clock: Clock;
  /** Bytes of an answer that was waited for. */
  readonly onAnswer: (bytes: number) => void;
}

export function askOver(channel: Channel, seal: StreamSeal | undefined, services: AskingServices): Asking {
  const { protocol, counts, clock } = services;
  const pending = new Map<number, Pending>();
  const queue: (() => void)[] = [];
  let inFlight = 0;
  let next = 0;

  void readAnswers().then(
    () => endWith(closed()),
    (error: Error) => {
      channel.abort(error);
      endWith(closed(error));
    },
  );

  async function readAnswers(): Promise<void> {
    for (;;) {
      const frame = await channel.receive();
      if (!frame) return;
      const reader = new ByteReader(seal ? seal.open(frame) : frame);
      const number = reader.u32();
      const kind = reader.u8();
      const waiting = pending.get(number);
      // An answer that nobody waits for any more came after its time-out.
      if (!waiting) continue;
      services.onAnswer(frame.length);
      waiting.settle(kind === KIND.answer ? reader.rest() : refusal(kind, reader));
    }
  }

  function endWith(error: WardlineError): void {
    for (const waiting of [...pending.values()]) waiting.settle(error);
    for (const wake of queue.splice(0)) wake();
  }

  const hasRoom = (bytes: number) =>
    pending.size === 0 ||
    (pending.size < protocol.window.requests && inFlight + bytes <= protocol.window.bytes);

  return {
    async ask(request, signal) {
      if (request.length > protocol.maxRequest) {
        throw new WardlineError("peer/frame-too-long", "The request is longer than the protocol allows.");
      }
      while (!hasRoom(request.length)) await new Promise<void>((resolve) => queue.push(resolve));
      signal?.throwIfAborted();
      const number = next++ >>> 0;
      const answer = Promise.withResolvers<Uint8Array>();
      const stopClock = clock.after(protocol.timeout, () =>
        waiting.settle(new WardlineError("peer/timeout", "The peer did not answer in time.")),
      );
      const onAbort = () => waiting.settle(new WardlineError("peer/aborted", "The request was given up."));
      const waiting: Pending = {
        bytes: request.length,
        settle(result) {
          if (!pending.delete(number)) return;
          stopClock();
          signal?.removeEventListener("abort", onAbort);
          inFlight -= request.length;
          queue.shift()?.();
          if (result instanceof Error) answer.reject(result);
          else answer.resolve(result);
        },
      };
      pending.set(number, waiting);
      inFlight += request.length;
      signal?.addEventListener("abort", onAbort);
      const head = new ByteWriter().u32(number).u8(KIND.request).finish();
      const frame = seal ? seal.seal(head, request) : [head, request];
      counts.requests++;
      channel.send(...frame).catch((error: Error) => waiting.settle(error));
      return answer.promise;
    },
  };
}

function refusal(kind: number, reader: ByteReader): WardlineError {
  if (kind === KIND.busy) {
    return new WardlineError("peer/busy", "The peer asks to wait.", {
      details: { retryAfter: reader.u32() },
    });
  }
  const code = kind === KIND.refused ? text(reader.rest()) : "";
  if (!/^[a-z-]{1,32}\/[a-z0-9-]{1,64}$/.test(code)) {
    return new WardlineError("peer/malformed", "The peer's answer has no known form.");
  }
  return new WardlineError(code, `The peer refused the request: ${code}.`, { details: { byPeer: true } });
}

const closed = (cause?: Error) =>
  new WardlineError("peer/stream-closed", "The stream ended before the answer.", { cause });
