/** An archive in a real vault, and its files read back by other people's programs. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import nodeWarc from "node-warc";
import { WARCParser } from "warcio";
import { systemRandom } from "@wardline/protocol/encoding";
import { createArchive, type Archive, type Segment } from "../../../../node/capture/evidence/index.ts";
import type { Vault } from "@wardline/node/vault";
import { newPlace, openAt } from "../../vault/support.ts";

export async function newArchive(): Promise<{
  place: { dataFolder: string; keyFile: string };
  vault: Vault;
  archive: Archive;
}> {
  const place = await newPlace();
  const vault = await openAt(place);
  const options = {
    vault,
    random: systemRandom,
    now: () => Date.now(),
    tool: "wardline/test",
    about: "report-1",
  };
  return { place, vault, archive: createArchive(options) };
}

export async function fileOf(vault: Vault, segment: Segment | undefined): Promise<Buffer> {
  if (segment === undefined) throw new Error("Nothing was written.");
  return Buffer.from(await vault.readAll(segment.id, 2 ** 30));
}

const { WARCStreamTransform } = nodeWarc;

/** One record as warcio reads it. */
export interface ReadRecord {
  type: string;
  id: string;
  url: string;
  fields: Record<string, string>;
  status?: number;
  headers: Record<string, string>;
  /** Of a message: its body with every coding taken off. */
  content: Buffer;
}

export async function readByWarcio(file: Buffer): Promise<ReadRecord[]> {
  const found: ReadRecord[] = [];
  for await (const record of new WARCParser(Readable.from([file]), { keepHeadersCase: true })) {
    const content = Buffer.from(await record.readFully(true));
    const http = record.httpHeaders;
    found.push({
      type: record.warcType ?? "",
      id: record.warcHeader("WARC-Record-ID") ?? "",
      url: record.warcTargetURI ?? "",
      fields: Object.fromEntries(record.warcHeaders.headers),
      ...(record.warcType === "response" && http && { status: Number(http.statusCode) }),
      headers: http ? Object.fromEntries(http.headers) : {},
      content,
    });
  }
  return found;
}

interface NodeWarcRecord {
  warcType: string;
  warcRecordID: string;
  warcTargetURI: string;
  warcHeader: Record<string, string>;
  httpInfo: { statusCode?: string; method?: string; headers: Record<string, string> } | null;
}

type Transform = InstanceType<typeof WARCStreamTransform>;

/** Its own `_flush` calls back twice, which Node refuses. */
class NodeWarcReader extends WARCStreamTransform {
  override _flush(
    this: Transform & { buffered?: Buffer; _consumeChunk(...all: unknown[]): void },
    done: () => void,
  ) {
    this._consumeChunk(this.buffered ?? Buffer.alloc(0), done, true);
  }
}

/** As node-warc reads it, which splits bodies at empty lines: good for heads. */
export async function readByNodeWarc(file: Buffer): Promise<NodeWarcRecord[]> {
  const records = Readable.from([gunzipSync(file)]).pipe(new NodeWarcReader());
  return Array.fromAsync(records as unknown as AsyncIterable<NodeWarcRecord>);
}

/** The blocks of a file by their record's id, cut out by nothing but the stated lengths. */
export function blocksOf(file: Buffer): Map<string, Buffer> {
  const plain = gunzipSync(file);
  const blocks = new Map<string, Buffer>();
  for (let at = 0; at < plain.length;) {
    const end = plain.indexOf("\r\n\r\n", at);
    const head = plain.toString("latin1", at, end);
    const length = Number(/\r\nContent-Length: (\d+)/.exec(head)?.[1]);
    blocks.set(/\r\nWARC-Record-ID: (\S+)/.exec(head)?.[1] ?? "", plain.subarray(end + 4, end + 4 + length));
    at = end + 4 + length + 4;
  }
  return blocks;
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const sha512Of = (bytes: Uint8Array): string => createHash("sha512").update(bytes).digest("hex");
