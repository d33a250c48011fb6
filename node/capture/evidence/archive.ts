/**
 * The archive of one capture: exchanges become records in the file that is open, and a file is sealed whenever the capture
 * commits what it has. Records wait for each other, so that those of one exchange stand together.
 */
import { hex, type Random } from "@wardline/protocol/encoding";
import { createQueue, type Vault } from "../../vault/index.ts";
import { acquisitionOf, type Acquisition } from "./acquisition.ts";
import type { RecordExchange, Recorded } from "./exchange.ts";
import { heardFrom, type RenderedExchange } from "./rendered.ts";
import { recordsOf, uuidUrn } from "./records.ts";
import { openSegment, type OpenSegment, type Segment } from "./segment.ts";
import { createSpool } from "./spool.ts";
import { createTap, type Heard } from "./tap.ts";
import type { TlsFacts } from "./tls.ts";
import { blockOf, fieldsBlock, type WarcRecord } from "./warc.ts";

export interface Archiving {
  vault: Pick<Vault, "put" | "read" | "shred">;
  random: Random;
  now: () => number;
  /** What writes it: name and version. */
  tool: string;
  /** Whatever the capture is for, such as a report's id. */
  about: string;
}

export interface Archive {
  /** For `guardedFetch`. */
  record: RecordExchange;
  /** Takes down an exchange of a rendered page. */
  add(exchange: RenderedExchange): Promise<Recorded>;
  /** Takes down something that was made here and not sent by a server, such as a screenshot. Answers its record's id. */
  resource(made: { uri: string; mime: string; bytes: Uint8Array }): Promise<string>;
  /** The acquisition record of a file by what was taken down to get it; undefined when nothing was. */
  acquired(recorded: readonly Recorded[] | undefined): Acquisition | undefined;
  /** Seals the file that is open; the next record begins another. Undefined when there is nothing in it. Exchanges that run on go there. */
  seal(): Promise<Segment | undefined>;
}

/** Opens no file before there is something to write. Whatever throws here throws the vault's errors. */
export function createArchive(options: Archiving): Archive {
  const { vault, random, now } = options;
  const inTurn = createQueue();
  let open: OpenSegment | undefined;
  const chainsTold = new Set<string>();
  let written = 0;

  async function write(records: readonly WarcRecord[]): Promise<string> {
    if (open === undefined) {
      const at = now();
      open = openSegment(vault, segmentName(at, random));
      await open.write(infoRecord(options, open.name, at));
    }
    for (const record of records) await open.write(record);
    written += records.length;
    return open.name;
  }

  /** The next record opens another file. */
  function begin(): void {
    [open, written] = [undefined, 0];
    chainsTold.clear();
  }

  /** A chain of certificates is long and the same for most of a capture: one file has it once. */
  function tellsChain(tls: TlsFacts | undefined): boolean {
    const first = tls?.chain[0]?.sha256;
    if (first === undefined || chainsTold.has(first)) return false;
    chainsTold.add(first);
    return true;
  }

  const takeDown = (heard: Heard): Promise<Recorded> =>
    inTurn(async () => {
      const { url, at, address, tls, payload, status, cut, sent, received } = heard;
      try {
        const { ids, records } = recordsOf(heard, { random, tellsChain });
        const archive = records.length > 0 ? await write(records) : undefined;
        const { request, response } = ids;
        return {
          ...{ url, at, payload },
          records: { ...(request && { request }), ...(response && { response }) },
          ...(archive !== undefined && { archive }),
          ...(address !== undefined && { address }),
          ...(tls && { tls }),
          ...(status !== undefined && { status }),
          ...(cut && { cut }),
        };
      } finally {
        await Promise.all([sent.spool.drop(), received.spool.drop()]);
      }
    });

  return {
    record: (url) => createTap({ url, now, spool: () => createSpool(vault), ended: takeDown }),
    add: (exchange) => takeDown(heardFrom(exchange, () => createSpool(vault))),
    resource: ({ uri, mime, bytes }) =>
      inTurn(async () => {
        const id = uuidUrn(random);
        const block = blockOf(bytes);
        const fields = { "WARC-Target-URI": uri, "WARC-Payload-Digest": `sha256:${block.sha256}` };
        await write([{ type: "resource", id, at: now(), contentType: mime, fields, block }]);
        return id;
      }),
    acquired: (recorded) => acquisitionOf(recorded ?? [], options.tool),
    seal: () =>
      inTurn(async () => {
        if (open === undefined || written === 0) return undefined;
        const sealing = open;
        begin();
        return sealing.close();
      }),
  };
}

function infoRecord({ tool, about, random }: Archiving, name: string, at: number): WarcRecord {
  const block = fieldsBlock({
    software: tool,
    format: "WARC File Format 1.1",
    conformsTo: "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    isPartOf: about,
    robots: "ignore",
  });
  const fields = { "WARC-Filename": name };
  return { type: "warcinfo", id: uuidUrn(random), at, contentType: "application/warc-fields", fields, block };
}

/** As archives name their files: when it was begun, and something that no other has. */
function segmentName(at: number, random: Random): string {
  const time = new Date(at).toISOString().replace(/[-:T]|\..*/g, "");
  return `wardline-${time}-${hex(random(4))}.warc.gz`;
}
