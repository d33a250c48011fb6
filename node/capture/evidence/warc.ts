/**
 * Records of a web archive (WARC 1.1, ISO 28500:2017): named fields, an empty line, the block, two empty lines; each record
 * a gzip member of its own, so that a reader can begin at any of them. The members are not compressed: pictures are already, pages
 * mostly come so, and a compressor for each record costs ten times what the rest of a fetch does.
 *
 * Written here, since libraries for WARC build HTTP heads anew from parsed fields: what stands in the block must be the
 * bytes that came.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export interface WarcRecord {
  type: "warcinfo" | "request" | "response" | "metadata" | "resource";
  /** `urn:uuid:…` */
  id: string;
  /** Milliseconds. */
  at: number;
  contentType: string;
  /** Further named fields, those without a value left out. */
  fields?: Record<string, string | undefined>;
  block: { bytes: number; sha256: string; read: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array> };
}

/** One record, as it stands in the file (RFC 1952, with the stored blocks of RFC 1951). */
export async function* gzippedRecord(record: WarcRecord): AsyncGenerator<Uint8Array> {
  let check = 0;
  let length = 0;
  yield gzipHead;
  for await (const piece of plain(record)) {
    check = crc32(piece, check);
    length += piece.length;
    for (let at = 0; at < piece.length; at += longestStored) {
      const part = piece.subarray(at, at + longestStored);
      yield storedHead(part.length, false);
      yield part;
    }
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(check, 0);
  end.writeUInt32LE(length % 2 ** 32, 4);
  yield Buffer.concat([storedHead(0, true), end]);
}

/** Deflate, no flags, no time, no system. */
const gzipHead = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const longestStored = 0xffff;

function storedHead(length: number, last: boolean): Uint8Array {
  const head = Buffer.alloc(5);
  head[0] = last ? 1 : 0;
  head.writeUInt16LE(length, 1);
  head.writeUInt16LE(~length & 0xffff, 3);
  return head;
}

async function* plain({ type, id, at, contentType, fields = {}, block }: WarcRecord) {
  const named = {
    "WARC-Type": type,
    "WARC-Record-ID": `<${id}>`,
    "WARC-Date": new Date(at).toISOString(),
    ...fields,
    "WARC-Block-Digest": `sha256:${block.sha256}`,
    "Content-Type": contentType,
    "Content-Length": String(block.bytes),
  };
  const lines = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value.replace(/[\r\n]+/g, " ")}\r\n`,
  );
  yield Buffer.from(`WARC/1.1\r\n${lines.join("")}\r\n`);
  yield* block.read();
  yield Buffer.from("\r\n\r\n");
}

export function blockOf(bytes: Uint8Array): WarcRecord["block"] {
  return {
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    read: () => [bytes],
  };
}

/** `application/warc-fields`. */
export function fieldsBlock(fields: Record<string, string>): WarcRecord["block"] {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return blockOf(Buffer.from(lines.join("")));
}
