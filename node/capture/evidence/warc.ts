/**
 * Records of a web archive (WARC 1.1, ISO 28500:2017): named fields, an empty line, the block, two empty lines; each record
 * a gzip member of its own, so that a reader can begin at any of them.
 *
 * Written here, since libraries for WARC build HTTP heads anew from parsed fields: what stands in the block must be the
 * bytes that came.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";

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

/** One record, as it stands in the file. */
export async function* gzippedRecord(record: WarcRecord): AsyncGenerator<Uint8Array> {
  // Most of what is captured is compressed already: the least effort loses little.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const source = Readable.from(plain(record), { objectMode: false });
  source.on("error", (error) => gzip.destroy(error));
  for await (const piece of source.pipe(gzip)) yield piece as Uint8Array;
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
