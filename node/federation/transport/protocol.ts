/**
 * A protocol is data: a descriptor and a handler. The registrar does framing, limits, the roster check, time-outs and
 * counting for all of them; a handler sees a request and gives an answer, and never touches a stream.
 */
import type { Connection } from "@libp2p/interface";
import type { MemberId } from "@wardline/protocol/identity";
import type { Capability } from "../capabilities.ts";
import type { Quota } from "./bucket.ts";

export interface Protocol {
  /** Also the libp2p protocol id, e.g. `/wardline/envelope/1`. */
  readonly name: string;
  /** `anyone`: peers that no card names, too. `members`: a peer named by the card of an active member. */
  readonly admits: "anyone" | "members";
  /**
   * What the roster entry of the member that asks must list, looked up with each request, e.g. `needs: "material"`. Without
   * it a request is refused as `peer/no-capability` before the handler sees it, and the stream stays. A protocol that only
   * the member asked must be fit for (a mailbox) leaves it out; its handler asks `can(trust, self, "mailbox")`.
   */
  readonly needs?: Capability;
  /**
   * `none`: spoken without a hello. `hello`: only after one; what is carried is sealed to its reader by itself.
   * `sealed`: only after one, and all frames are sealed under the secret agreed in it.
   */
  readonly session: "none" | "hello" | "sealed";
  readonly maxRequest: number;
  readonly maxAnswer: number;
  /** Requests that may wait for their answer on one stream, and their bytes. */
  readonly window: { readonly requests: number; readonly bytes: number };
  /** Requests for each peer, and for all peers together. */
  readonly quota: { readonly perPeer: Quota; readonly total: Quota };
  /** Milliseconds until an unanswered request is given up. */
  readonly timeout: number;
}

/** Who asks, as the connection proves it. */
export interface Asker {
  readonly peer: string;
  /** Undefined only where the protocol admits anyone. */
  readonly member: MemberId | undefined;
  /** For what is agreed once per connection. */
  readonly connection: Connection;
}

/** Answers one request. A `WardlineError` reaches the other side as its code; any other error as `peer/internal`. */
export type Handler = (request: Uint8Array, asker: Asker) => Promise<Uint8Array>;

/** What happened on one protocol since the start. */
export interface ProtocolCounts {
  requests: number;
  answers: number;
  refused: number;
  busy: number;
  bytesIn: number;
  bytesOut: number;
}

/** Frames of a request stream: `number u32 · kind u8 · body`. */
export const FRAME_HEAD = 5;
export const KIND = { request: 0, answer: 1, refused: 2, busy: 3 } as const;
