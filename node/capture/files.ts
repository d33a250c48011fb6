/**
 * What comes out of a fetch besides pages. Pictures are held in memory, one for each fetch, until they are decoded; a video
 * or an archive goes into the vault piece by piece, digested on its way, and is not opened.
 */
import { createDigester, type Digests } from "@wardline/hashing/digests";
import type { CaptureSettings } from "../configuration/settings/capture.ts";
import type { Vault } from "../vault/index.ts";
import { collected, isText, upTo } from "./body.ts";
import type { AnswerHead, FetchOptions } from "./fetch.ts";
import { fileKindOf, headBytes } from "./sniff.ts";

/** A file that went into the vault unopened. */
export interface Sealed {
  kind: "video" | "archive";
  mime: string;
  /** As its server calls it. */
  name: string;
  bytes: number;
  digests: Digests;
  /** Vault id. */
  original: string;
}

export interface Receiver {
  into: NonNullable<FetchOptions["into"]>;
  /** What went into the vault instead of the body. */
  sealed(): Sealed | undefined;
  /** What was left out of the body, in a sentence. */
  cut(): string | undefined;
}

/** For one fetch. Error of `into`: `capture/too-large`; those of the vault. */
export function createReceiver(vault: Pick<Vault, "put">, limits: CaptureSettings["limits"]): Receiver {
  let sealed: Sealed | undefined;
  let cut: string | undefined;
  return {
    async into(head, content) {
      const [start, whole] = await peeked(content);
      const { kind, mime } = fileKindOf(start);
      const wasDelivered = head.status >= 200 && head.status <= 299;
      if (isText(head.headers) && (kind === "other" || !wasDelivered)) {
        const [page, isAll] = await beginningOf(whole, limits.pageSize);
        if (!isAll)
          cut = `A page had more than ${Math.round(limits.pageSize / 2 ** 20)} MiB: the rest was not read.`;
        return page;
      }
      if (kind === "other" || !wasDelivered) return collected(upTo(limits.itemSize, whole));
      const most = kind === "video" ? limits.videoSize : limits.archiveSize;
      sealed = { kind, mime, name: fileName(head), ...(await seal(vault, upTo(most, whole))) };
      return new Uint8Array();
    },
    sealed: () => sealed,
    cut: () => cut,
  };
}

async function seal(vault: Pick<Vault, "put">, content: AsyncIterable<Uint8Array>) {
  const digester = createDigester();
  const digested = async function* () {
    for await (const piece of content) {
      digester.update(piece);
      yield piece;
    }
  };
  const { id, size } = await vault.put(digested());
  return { original: id, bytes: size, digests: digester.finish() };
}

/** The first bytes, and the whole from its beginning. */
async function peeked(content: AsyncIterable<Uint8Array>): Promise<[Uint8Array, AsyncGenerator<Uint8Array>]> {
  const pieces = content[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let bytes = 0; bytes < headBytes;) {
    const next = await pieces.next();
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  const whole = async function* () {
    try {
      yield* first;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  };
  return [Buffer.concat(first).subarray(0, headBytes), whole()];
}

/** At most so many bytes, and whether that is all: a page without end shows what its beginning shows. */
async function beginningOf(content: AsyncIterable<Uint8Array>, most: number): Promise<[Uint8Array, boolean]> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > most) break;
  }
  return [Buffer.concat(pieces).subarray(0, most), bytes <= most];
}

/** What a browser would save it as (RFC 6266), short enough to be shown. */
function fileName({ url, headers }: AnswerHead): string {
  const said = headers["content-disposition"] ?? "";
  const extended = /filename\*\s*=\s*utf-8'[^']{0,20}'([^;\s]{1,600})/i.exec(said)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]{1,600})"|([^;\s]{1,600}))/i.exec(said);
  const path = new URL(url).pathname.split("/").at(-1) ?? "";
  const name = decoded(extended) ?? plain?.[1] ?? plain?.[2] ?? decoded(path) ?? path;
  // Control characters, and those that turn the direction of writing, hide what a name ends in.
  return (name.split(/[\\/]/).at(-1) ?? "").replace(/[\p{Cc}\p{Cf}]/gu, "").slice(0, 200);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
