/**
 * Listening to one connection. What is written to the socket is what the server was sent, and what the socket hands to its
 * reader first (`push`) is what came, in order, before anybody parsed it; inside TLS, after decryption.
 */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Cut, Recorded, Tap } from "./exchange.ts";
import { tlsFacts, type TlsFacts } from "./tls.ts";
import { withholding } from "./withheld.ts";
import { createWire, type Wire } from "./wire.ts";
import type { Spool } from "./spool.ts";

/** One exchange that has ended, for the archive. */
export interface Heard {
  url: string;
  at: number;
  address?: string;
  tls?: TlsFacts;
  sent: Wire;
  received: Wire;
  payload: Recorded["payload"];
  status?: number;
  cut?: Cut;
  /** What ended it before its end. */
  failure?: string;
  /** Whatever else a reader of the archive needs to know. */
  notes?: Record<string, string>;
}

export interface Listening {
  url: string;
  now: () => number;
  spool: () => Spool;
  /** Writes it down. */
  ended: (heard: Heard) => Promise<Recorded>;
}

export function createTap({ url, now, spool, ended }: Listening): Tap {
  const sent = createWire(spool());
  const received = createWire(spool());
  const measure = { sha256: createHash("sha256"), sha512: createHash("sha512"), bytes: 0 };
  let connection: { at: number; address?: string; tls?: TlsFacts } | undefined;
  let wasRead = false;

  async function* payload(body: AsyncIterable<Uint8Array>) {
    for await (const piece of body) {
      measure.sha256.update(piece);
      measure.sha512.update(piece);
      measure.bytes += piece.length;
      yield piece;
    }
    wasRead = true;
  }

  return {
    connected(address, socket) {
      const tls = tlsFacts(socket);
      connection = { at: now(), ...(address !== "" && { address }), ...(tls && { tls }) };
      listen(socket, sent, received);
    },
    payload,
    ended(error) {
      const { sha256, sha512, bytes } = measure;
      const cut = wasRead || received.isWhole() ? undefined : cutBy(error);
      const status = received.status();
      return ended({
        ...{ url, at: now(), ...connection, sent, received },
        payload: { bytes, sha256: sha256.digest("hex"), sha512: sha512.digest("hex") },
        ...(status !== undefined && { status }),
        ...(cut && { cut }),
        ...(error !== undefined && { failure: codeOf(error) }),
      });
    },
  };
}

function listen(socket: Socket | TLSSocket, sent: Wire, received: Wire): void {
  const push = socket.push.bind(socket);
  socket.push = (piece: unknown, encoding?: BufferEncoding) => {
    if (piece instanceof Uint8Array) received.write(piece);
    return push(piece, encoding);
  };
  const write = socket.write.bind(socket) as (...all: unknown[]) => boolean;
  // Only heads are sent: nothing that is asked for has a body.
  socket.write = (...all: [piece: string | Uint8Array, ...rest: unknown[]]) => {
    const [piece] = all;
    const text = typeof piece === "string" ? piece : Buffer.from(piece).toString("latin1");
    sent.write(Buffer.from(withholding(text), "latin1"));
    return write(...all);
  };
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? "failed";

/** A redirect's body is not waited for, so it may be missing without an error. */
function cutBy(error: unknown): Cut {
  if (error === undefined) return "unspecified";
  if (isWardlineError(error, "capture/too-large")) return "length";
  const { code = "", name } = error as { code?: string; name?: string };
  if (/timeout/i.test(code) || name === "AbortError") return "time";
  return /^(?:UND_ERR_|ECONN|EPIPE|HPE_)/.test(code) ? "disconnect" : "unspecified";
}
