/** What goes over the wire for one request, as the evidence takes it down. */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TlsFacts } from "./tls.ts";

/** What was taken down of one request and its response. */
export interface Recorded {
  url: string;
  /** When it was sent, milliseconds. */
  at: number;
  /** The address that answered. */
  address?: string;
  /** Of the encrypted connection. */
  tls?: TlsFacts;
  status?: number;
  /** Of the response's body as it came, before any decoding of its content. */
  payload: Digests & { bytes: number };
  /** Name of the archive's file that it stands in; none when nothing was sent. */
  archive?: string;
  /** Ids of the records there; no response when nothing came. */
  records: { request?: string; response?: string };
  /** Why the archive does not hold all of the response. */
  cut?: Cut;
}

export interface Digests {
  /** Lower-case hexadecimal. */
  sha256: string;
  sha512: string;
}

/** The words of `WARC-Truncated`. */
export type Cut = "length" | "time" | "disconnect" | "unspecified";

/** Listens to one request while it happens. */
export interface Tap {
  /** The connection is open; everything that is written to and read from it from now on is taken down. */
  connected(address: string, socket: Socket | TLSSocket): void;
  /** Passes the body through, as it comes out of the transfer coding. */
  payload(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Resolves when the exchange is in the archive. `error`: what ended it before its end. */
  ended(error?: unknown): Promise<Recorded>;
}

/** Begins to take down the request of a URL. */
export type RecordExchange = (url: string) => Tap;
