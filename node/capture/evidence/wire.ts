/** The bytes of one direction of a connection as they come: digested at once, and put aside until the record is written. */
import { createHash } from "node:crypto";
import type { Spool } from "./spool.ts";

export interface Wire {
  write(bytes: Uint8Array): void;
  /** Lower-case hexadecimal SHA-256 of all of it, and of what follows the head. */
  digests(): { block: string; payload: string };
  /** Of a response, once its head has come. */
  status(): number | undefined;
  /** Whether an HTTP message with this framing has come to its end. */
  isWhole(): boolean;
  readonly spool: Spool;
}

const headEnd = Buffer.from("\r\n\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");
/** More than any head that the HTTP parser takes; what has none by then is no HTTP message. */
const longestHead = 64 * 1024;

export function createWire(spool: Spool): Wire {
  const block = createHash("sha256");
  const payload = createHash("sha256");
  /** Until its end was seen. */
  let head: Buffer | undefined = Buffer.alloc(0);
  let framing: { chunked: boolean; length: number | undefined; status: number | undefined } | undefined;
  let body = 0;
  let tail: Buffer = Buffer.alloc(0);

  function takeBody(bytes: Buffer): void {
    payload.update(bytes);
    body += bytes.length;
    tail = Buffer.concat([tail, bytes.subarray(-lastChunk.length)]).subarray(-lastChunk.length);
  }

  return {
    spool,
    write(bytes) {
      const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length); // a socket's buffers are not used again
      spool.write(own);
      block.update(own);
      if (head === undefined) return takeBody(own);
      head = Buffer.concat([head, own]);
      const end = head.indexOf(headEnd);
      if (end < 0 && head.length < longestHead) return;
      const bodyAt = end < 0 ? head.length : end + headEnd.length;
      framing = framingOf(head.subarray(0, bodyAt).toString("latin1"));
      const first = head.subarray(bodyAt);
      head = undefined;
      takeBody(first);
    },
    digests: () => ({ block: block.copy().digest("hex"), payload: payload.copy().digest("hex") }),
    status: () => framing?.status,
    isWhole() {
      if (framing === undefined) return false;
      if (framing.chunked) return tail.equals(lastChunk);
      return framing.length !== undefined && body >= framing.length;
    },
  };
}

/** RFC 9112, section 6: a transfer coding overrides a length. */
function framingOf(head: string) {
  const status = /^HTTP\/\d\.\d (\d{3})/.exec(head)?.[1];
  const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
  return {
    chunked: /\r\ntransfer-encoding:[^\r\n]*chunked/i.test(head),
    length: length === undefined ? undefined : Number(length),
    status: status === undefined ? undefined : Number(status),
  };
}
