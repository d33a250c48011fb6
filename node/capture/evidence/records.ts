/** The records of one exchange: request, response, and what else is known of the connection. */
import { hex, type Random } from "@wardline/protocol/encoding";
import type { Recorded } from "./exchange.ts";
import type { Heard } from "./tap.ts";
import type { TlsFacts } from "./tls.ts";
import { blockOf, type WarcRecord } from "./warc.ts";
import type { Wire } from "./wire.ts";

/**
 * `WARC-Payload-Digest` is that of the message's body as it stands in the block, as the tools that check it compute it:
 * with the framing of a chunked transfer, if it has that.
 */
export function recordsOf(
  heard: Heard,
  { random, tellsChain }: { random: Random; tellsChain: (tls: TlsFacts | undefined) => boolean },
): { ids: Recorded["records"]; records: WarcRecord[] } {
  const { url, at, address, tls, sent, received, cut, notes } = heard;
  const request = sent.spool.size > 0 ? uuidUrn(random) : undefined;
  const response = received.spool.size > 0 ? uuidUrn(random) : undefined;
  const shared = {
    "WARC-Target-URI": url,
    "WARC-IP-Address": address,
    // Fields that the specification's authors propose; readers pass by what they do not know.
    "WARC-Protocol": notes === undefined ? "http/1.1" : undefined,
    "WARC-Cipher-Suite": tls?.cipher,
  };
  const message = (type: "request" | "response", id: string, wire: Wire, other?: string): WarcRecord => ({
    ...{ type, id, at, contentType: `application/http;msgtype=${type}` },
    fields: {
      ...shared,
      "WARC-Payload-Digest": `sha256:${wire.digests().payload}`,
      "WARC-Concurrent-To": other && `<${other}>`,
      "WARC-Truncated": type === "response" ? cut : undefined,
    },
    block: { bytes: wire.spool.size, sha256: wire.digests().block, read: () => wire.spool.read() },
  });
  const facts = factsOf(heard, tellsChain);
  const records: WarcRecord[] = [
    ...(response === undefined ? [] : [message("response", response, received)]),
    ...(request === undefined ? [] : [message("request", request, sent, response)]),
  ];
  if (facts !== undefined && records.length > 0)
    records.push({
      ...{ type: "metadata", id: uuidUrn(random), at, contentType: "application/json" },
      fields: { "WARC-Target-URI": url, "WARC-Refers-To": `<${response ?? request ?? ""}>` },
      block: blockOf(Buffer.from(JSON.stringify(facts, undefined, 2))),
    });
  return { ids: { ...(request && { request }), ...(response && { response }) }, records };
}

/** What no header says: who the server proved to be, and how the exchange ended if not well. */
function factsOf({ tls, failure, notes }: Heard, tellsChain: (tls: TlsFacts | undefined) => boolean) {
  const whole = tellsChain(tls);
  const chain = tls?.chain.map(({ pem, ...facts }) => ({ ...facts, ...(whole && { pem }) }));
  if (tls === undefined && failure === undefined && notes === undefined) return undefined;
  return { ...(tls && { tls: { ...tls, chain } }), ...(failure && { failure }), ...notes };
}

/** A random UUID, RFC 9562 version 4, as a URN. */
export function uuidUrn(random: Random): string {
  const bytes = Uint8Array.from(random(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `urn:uuid:${hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
}
