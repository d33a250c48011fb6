/**
 * Exchanges of a rendered page. The browser speaks HTTP itself and gives no bytes of the wire: heads are written from its
 * fields, and a body stands there after decoding, with the fields that no longer fit renamed `x-orig-…`, as other browser
 * archives do. A note beside it says so.
 */
import { createHash } from "node:crypto";
import type { Spool } from "./spool.ts";
import type { Heard } from "./tap.ts";
import { certificateOf } from "./tls.ts";
import { withholding } from "./withheld.ts";
import { createWire } from "./wire.ts";

type Fields = readonly (readonly [name: string, value: string])[];

export interface RenderedExchange {
  method: string;
  url: string;
  /** Milliseconds. */
  at: number;
  requestHeaders: Fields;
  /** 0 when no answer came. */
  status: number;
  statusText: string;
  responseHeaders: Fields;
  /** After the content's decoding. */
  body?: Uint8Array;
  address?: string;
  /** Certificates in DER form, the server's own first. */
  tls?: { protocol: string; cipher: string; certificates: readonly Uint8Array[] };
  error?: string;
}

export function heardFrom(exchange: RenderedExchange, spool: () => Spool): Heard {
  const { method, url, at, status, statusText, address, tls, error, body = new Uint8Array() } = exchange;
  const sent = createWire(spool());
  const received = createWire(spool());
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const path = target ? target.pathname + target.search : url;
  sent.write(latin1(withholding(head(`${method} ${path} HTTP/1.1`, exchange.requestHeaders))));
  if (status > 0) {
    const kept = exchange.responseHeaders.map(([name, value]) => [renamed(name), value] as const);
    const length = ["content-length", String(body.length)] as const;
    received.write(latin1(head(`HTTP/1.1 ${status} ${statusText}`, [...kept, length])));
    received.write(body);
  }
  const digest = (algorithm: string) => createHash(algorithm).update(body).digest("hex");
  return {
    ...{ url, at, sent, received },
    payload: { bytes: body.length, sha256: digest("sha256"), sha512: digest("sha512") },
    ...(status > 0 && { status }),
    ...(address !== undefined && { address }),
    ...(tls && {
      tls: {
        protocol: tls.protocol,
        cipher: tls.cipher,
        chain: tls.certificates.map(certificateOf),
      },
    }),
    ...(error !== undefined && { failure: error }),
    ...(status > 0 && exchange.body === undefined && { cut: "unspecified" as const }),
    notes: { source: "browser", head: "written from parsed fields", body: "after content decoding" },
  };
}

/** HTTP/2 has fields whose name begins with a colon; they stand in the first line here. */
function head(first: string, fields: Fields): string {
  const lines = fields
    .filter(([name]) => !name.startsWith(":"))
    .map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ", ")}\r\n`);
  return `${first}\r\n${lines.join("")}\r\n`;
}

const renamed = (name: string): string =>
  /^(?:content-encoding|transfer-encoding|content-length)$/i.test(name) ? `x-orig-${name}` : name;

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");
