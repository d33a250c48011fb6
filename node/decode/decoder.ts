/** The pool: items wait in line for a free child; children are started when needed and replaced when worn or broken. */
import { digestsOfStream, type Digests } from "@wardline/hashing/digests";
import { WardlineError } from "@wardline/protocol/encoding";
import type { DecodeSettings } from "../configuration/settings/decode.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Findings, Level, Refusal, Request } from "./messages.ts";
import { startWorker, type Answer, type Worker } from "./worker.ts";

/** What identifies a picture. */
export interface Hashed extends Findings {
  digests: Digests;
}

export interface Decoded extends Hashed {
  /** A small JPEG, blurred and grey: what an analyst sees before deciding to see more. */
  preview: Uint8Array;
}

export interface RenderOptions {
  level: Level;
  /** The picture is shrunk to fit into side x side pixels, never enlarged. */
  side: number;
}

/**
 * Errors of `decode`, `hash` and `render`: `decode/too-large`, `decode/unsupported-format`, `decode/too-many-pixels`,
 * `decode/corrupt`, `decode/timeout`, `decode/crashed`, `decode/no-sandbox`, `decode/closed`.
 */
export interface Decoder {
  /** Everything the node wants to know of a picture: JPEG, PNG, WebP or GIF (its first image). */
  decode(bytes: Uint8Array): Promise<Decoded>;
  /** The same without the preview: the quickest way to what lists of hashes are asked with. */
  hash(bytes: Uint8Array): Promise<Hashed>;
  /** The picture encoded anew as JPEG, for a person who was allowed to see it at this level. */
  render(bytes: Uint8Array, options: RenderOptions): Promise<Uint8Array>;
  /** Proves at start that the sandbox works, by decoding a picture in it. Error: `decode/no-sandbox`. */
  check(): Promise<void>;
  /** Kills the children; items still waiting fail with `decode/closed`. */
  close(): Promise<void>;
}

/** A decoder with its own pool. Starts no child before the first item. */
export function createDecoder(settings: DecodeSettings, clock: Clock): Decoder {
  const workers = new Set<Worker>();
  const idle: Worker[] = [];
  const line: ((worker: Worker) => void)[] = [];
  let closed = false;

  const free = async (): Promise<Worker> => {
    const worker = idle.pop();
    if (worker !== undefined && worker.alive) return worker;
    if (worker !== undefined) workers.delete(worker);
    if (workers.size < settings.children) return started();
    return new Promise((resolve) => line.push(resolve));
  };
  const started = () => {
    const worker = startWorker(settings, clock);
    workers.add(worker);
    return worker;
  };
  const giveBack = (worker: Worker) => {
    const worn = !worker.alive || worker.items >= settings.itemsPerChild;
    if (worn) {
      worker.stop();
      workers.delete(worker);
    }
    const next = line.shift();
    if (next !== undefined) next(worn ? started() : worker);
    else if (!worn) idle.push(worker);
  };
  const ask = async (request: Request, bytes: Uint8Array): Promise<Answer> => {
    if (closed) throw isClosed();
    if (bytes.length > settings.largestFile) throw tooLarge(bytes.length, settings.largestFile);
    const worker = await free();
    try {
      if (closed) throw isClosed();
      const answer = await worker.ask(request, bytes);
      if (answer.reply.kind === "refused") throw refused(answer.reply.refusal, settings);
      return answer;
    } finally {
      giveBack(worker);
    }
  };
  /** Digests are taken while the picture is decoded, and given up when that fails. */
  const withDigests = async (answering: Promise<Answer>, bytes: Uint8Array) => {
    const failed = new AbortController();
    answering.catch((error: unknown) => failed.abort(error));
    const digests = digestsOfStream([bytes], failed);
    const [answer] = await Promise.all([answering, digests]);
    return { ...answer, digests: await digests };
  };
  const { mostPixels, previewSide } = settings;

  return {
    async decode(bytes) {
      const { reply, body, digests } = await withDigests(
        ask({ kind: "decode", mostPixels, previewSide }, bytes),
        bytes,
      );
      if (reply.kind !== "decoded") throw unexpected();
      return { ...reply.findings, digests, preview: body };
    },
    async hash(bytes) {
      const { reply, digests } = await withDigests(ask({ kind: "hash", mostPixels }, bytes), bytes);
      if (reply.kind !== "hashed") throw unexpected();
      return { ...reply.findings, digests };
    },
    async render(bytes, { level, side }) {
      const { reply, body } = await ask({ kind: "render", mostPixels, level, side }, bytes);
      if (reply.kind !== "rendered") throw unexpected();
      return body;
    },
    async check() {
      const { reply } = await ask({ kind: "decode", mostPixels, previewSide }, onePixel);
      if (reply.kind !== "decoded") throw unexpected();
    },
    async close() {
      closed = true;
      for (const worker of workers) worker.stop();
    },
  };
}

/** A GIF of one pixel. */
const onePixel = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

function refused(refusal: Refusal, settings: DecodeSettings): WardlineError {
  const sentences: Record<Refusal, [string, string]> = {
    "unsupported-format": [
      "This is no picture of a kind that is opened here (JPEG, PNG, WebP, GIF).",
      "SVG, HTML, documents and unknown files are never opened. Look at the address by other means if it matters.",
    ],
    "too-many-pixels": [
      `The picture says it has more than ${settings.mostPixels} pixels.`,
      "It may be a decompression bomb. Raise decode.mostPixels only if such pictures are expected, and decode.memory with it.",
    ],
    corrupt: [
      "The picture is broken or cut off.",
      "Capture the address again: the first transfer may have ended early.",
    ],
  };
  const [message, advice] = sentences[refusal];
  return new WardlineError(`decode/${refusal}`, message, { advice });
}

const tooLarge = (bytes: number, most: number) =>
  new WardlineError("decode/too-large", `The file has ${bytes} bytes; at most ${most} are decoded.`, {
    advice: "Raise decode.largestFile if such files are expected.",
  });

const isClosed = () =>
  new WardlineError("decode/closed", "The decoder was closed.", { advice: "Start the node again." });

const unexpected = () =>
  new WardlineError("decode/crashed", "The sandboxed decoder answered another question than it was asked.", {
    advice: "Keep the item listed as refused; other items are not affected.",
  });
