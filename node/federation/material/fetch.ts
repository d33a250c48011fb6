/** Fetching in ranges: a constant window of them is asked for ahead, and each is written before many more come. */
import { WardlineError, encodeCbor, isWardlineError, release, unhex } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Clock } from "../../telemetry/index.ts";
import type { Grant, Receiving } from "../../vault/index.ts";
import type { Links } from "../hello/links.ts";
import { FRAME_HEAD, type Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { rangeEnd, refused } from "./ranges.ts";

export interface FetchServices {
  readonly protocol: Protocol;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly clock: Clock;
  /** Ranges asked for before the first has come. */
  readonly ahead: number;
  /** How long a holder may ask to wait, milliseconds, before the fetch is given up for now. */
  readonly patience: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (received: number, total: number) => void;
}

/**
 * Fetches what is still missing of a grant into `receiving`; the caller finishes that. Throws the holder's refusal
 * (`material/…`), `peer/…` when the member cannot be reached or is gone (ask again later, it goes on where it stopped),
 * `material/wrong-length`, or what `write` throws.
 */
export type Fetch = (
  from: MemberId,
  grant: Pick<Grant, "id" | "sealedBytes">,
  receiving: Receiving,
  options?: FetchOptions,
) => Promise<void>;

interface Asked {
  readonly length: number;
  readonly answer: Promise<Uint8Array>;
}

export function createFetch(services: FetchServices): Fetch {
  return async (from, { id, sealedBytes }, receiving, { signal, onProgress } = {}) => {
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    signal?.addEventListener("abort", onAbort);
    const window: Asked[] = [];
    let next = receiving.received;
    try {
      while (receiving.received < sealedBytes) {
        signal?.throwIfAborted();
        for (; next < sealedBytes && window.length < services.ahead; next = rangeEnd(next, sealedBytes))
          window.push(ask(next, rangeEnd(next, sealedBytes) - next));
        const { length, answer } = window.shift() as Asked;
        const bytes = await answer;
        if (bytes.length !== length)
          throw refused("wrong-length", "The holder gave more or less than asked.");
        await receiving.write(bytes);
        releaseAnswer(bytes);
        onProgress?.(receiving.received, sealedBytes);
      }
    } finally {
      stop.abort(); // nobody waits for what is still under way
      signal?.removeEventListener("abort", onAbort);
    }

    function ask(offset: number, length: number): Asked {
      const request = encodeCbor({ grant: unhex(id, 16), offset, length });
      const answer = askPatiently(services, from, request, stop.signal);
      answer.catch(() => undefined); // it may fail before its turn
      return { length, answer };
    }
  };
}

/** Gives back the memory of an answer that fills the buffer of its frame: hundreds of them would make the node collect garbage. */
function releaseAnswer({ buffer, byteOffset, length }: Uint8Array): void {
  if (byteOffset === FRAME_HEAD && buffer.byteLength === FRAME_HEAD + length) release(new Uint8Array(buffer));
}

/** Asks, and asks again when the holder says how long to wait. */
async function askPatiently(
  { links, registrar, protocol, clock, patience }: FetchServices,
  from: MemberId,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const until = clock.now() + patience;
  for (;;) {
    const link = links.to(from);
    if (!link) throw new WardlineError("peer/not-connected", "The holder is not connected.");
    try {
      return await registrar().ask(link.connection, protocol, request, signal);
    } catch (error) {
      const wait = isWardlineError(error, "peer/busy") ? Number(error.details["retryAfter"]) : undefined;
      if (wait === undefined || clock.now() + wait > until) throw error;
      await pause(clock, wait, signal);
    }
  }
}

function pause(clock: Clock, wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(wait, end);
    signal.addEventListener("abort", end);
  });
}
